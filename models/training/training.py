"""Training the network: the loop, its schedule, and the averages that make the finished weights.

Theory of operation. Each step shows one batch to each of several threads that share the weights; their gradients are
added and one step of AdamW is made. (Threads with a batch each keep every core busy where splitting one product among
cores does not, least of all on a machine that does other work too.) The rate of learning rises for a hundred steps and
falls as a cosine over the rest. The rest is counted in steps, or in minutes where those end first, so that a slow
machine ends in time as well.

Silence may stand between any two words, so a network that knows nothing yet finds it best to call everything silence
but for a blink at each word, and does not leave that view again. Therefore training begins with a hint that loud parts
are not silence and quiet ones are. It fades only when the phones are known, or the network falls back to silence.
Garbage, the other way to say nothing, comes in as the hint fades; and until then the network learns mostly frame by
frame, from the places that its own frame-by-frame view finds likeliest, which is the quicker way to first phones.

What is finished is not the last weights but their exponential average; as the averages of weights need their own
normalisation, its means and variances are measured again at the end. A checkpoint holds all of it: a run that was
stopped goes on from the last one.

A network that has grown (``growing.py``) knows the phones already and needs no hint.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from ivr.speech.phones import PDF_COUNT, entering_pdf, staying_pdf
from models.training.batches import REFUSED, Batch, Example, batch_of, bigram_of, drawn
from models.training.loss import MutualInformationLoss, PhoneBigram
from models.training.network import Network, Normalisation, Shape

_WARM_UP = 100  # steps
_HINTED = (0.2, 0.4)  # of the training: until when the hint is full, and when it has faded
_HINT = 6.0  # how much likelier, as a logarithm, silence is at first in the quietest part than in the loudest
_FINAL_RATE = 0.02  # of the highest
_AVERAGED = 0.998  # of the average kept at each step: half of it is from the last 350 steps
_FRAME_SHARES = (1.0, 0.1)  # of learning frame by frame beside the loss: with the hint, and without it
_SCORE_PENALTY = 5e-4  # on the square of scores, which the loss leaves free to grow
_LONGEST_GRADIENT = 2.0

Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Schedule:
    """``steps`` of ``workers`` batches of ``frames`` frames each; ``minutes`` ends it earlier if not None.

    ``hinted``: the network knows nothing yet.
    """

    steps: int
    minutes: float | None = None
    rate: float = 1.5e-3
    frames: int = 3000
    workers: int = 2
    seed: int = 1
    checkpoint_every: int = 100
    hinted: bool = True

    def progress(self, step: int, seconds: float) -> float:
        """How much of the training is done, 0 to 1."""
        in_time = seconds / (60 * self.minutes) if self.minutes else 0.0
        return min(1.0, max(step / self.steps, in_time))

    def rate_at(self, step: int, progress: float) -> float:
        """The rate of learning."""
        fallen = _FINAL_RATE + (1 - _FINAL_RATE) * (1 + math.cos(math.pi * progress)) / 2
        return self.rate * fallen * min(1.0, (step + 1) / _WARM_UP)


class Trainer:
    """A network on its way: everything a checkpoint holds."""

    def __init__(self, examples: list[Example], schedule: Schedule, shape: Shape, folder: Path) -> None:
        torch.manual_seed(schedule.seed)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.examples, self.schedule, self.folder = examples, schedule, folder
        self.bigram: PhoneBigram = bigram_of(examples, schedule.seed)
        self.network = Network(shape)
        _measure_features(self.network, examples, schedule.seed)
        self.network.to(self.device)
        self.average = copy.deepcopy(self.network)
        self.parameters = list(self.network.parameters())
        self.optimiser = torch.optim.AdamW(self.parameters, lr=0.0, weight_decay=2e-3, betas=(0.9, 0.98))
        self.step, self.seconds = 0, 0.0

    @property
    def checkpoint(self) -> Path:
        """Where this training is kept."""
        return self.folder / "checkpoint.pt"

    def resume(self) -> bool:
        """Go on from the checkpoint, if there is one. ``ValueError`` if it is of another shape."""
        if not self.checkpoint.exists():
            return False
        state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        if Shape(**state["shape"]) != self.network.shape:
            raise ValueError(f"{self.checkpoint}: of another network; move it away, or name another --work folder")
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]
        return True

    def start_from(self, network: Network) -> None:
        """Begin with what ``network`` has learnt, which must have the shape of this training."""
        self.network.load_state_dict(network.state_dict())
        self.average.load_state_dict(network.state_dict())

    def save(self) -> None:
        """Write the checkpoint; one that was there stays whole until the new one is."""
        self.folder.mkdir(parents=True, exist_ok=True)
        state: dict[str, Any] = {"network": self.network.state_dict(), "average": self.average.state_dict()}
        state |= {"optimiser": self.optimiser.state_dict(), "step": self.step, "seconds": self.seconds}
        unfinished = self.checkpoint.with_suffix(".part")
        torch.save(state | {"shape": self.network.shape.as_dict()}, unfinished)
        unfinished.replace(self.checkpoint)

    def run(self, report: Report) -> Network:
        """Train to the end and return the finished network, on the CPU and in evaluation mode.

        ``report`` is told the loss per output frame of the steps since its last call, and how far the training is.
        """
        schedule = self.schedule
        batches = drawn(self.examples, schedule.frames, schedule.seed + self.step)
        last, losses, frames = time.monotonic(), 0.0, 0
        with ThreadPoolExecutor(schedule.workers, initializer=_one_thread_each) as workers:
            while (progress := schedule.progress(self.step, self.seconds)) < 1:
                for group in self.optimiser.param_groups:
                    group["lr"] = schedule.rate_at(self.step, progress)
                loss, seen = self._one_step(workers, batches)
                losses, frames = losses + loss, frames + seen
                self.step += 1
                now = time.monotonic()
                self.seconds, last = self.seconds + now - last, now
                if self.step % 20 == 0:
                    done = int(1000 * schedule.progress(self.step, self.seconds))
                    report(f"step {self.step}, loss {losses / frames:.4f}", done, 1000)
                    losses, frames = 0.0, 0
                if self.step % schedule.checkpoint_every == 0:
                    self.save()
        self.save()
        return self.finished()

    def finished(self) -> Network:
        """The average so far, with its normalisations measured: a network to export."""
        return normalised(self.average, self.examples, self.schedule.seed)

    def _one_step(self, workers: ThreadPoolExecutor, batches: Iterator[list[int]]) -> tuple[float, int]:
        chosen = [next(batches) for _ in range(self.schedule.workers)]
        self.network.train()
        parts = list(workers.map(self._gradients, chosen, range(self.schedule.workers)))
        frames = sum(seen for _, seen, _ in parts)
        for parameter, *gradients in zip(self.parameters, *(part[2] for part in parts), strict=True):
            parameter.grad = torch.stack(gradients).sum(0) / frames
        torch.nn.utils.clip_grad_norm_(self.parameters, _LONGEST_GRADIENT)
        self.optimiser.step()
        kept = min(_AVERAGED, self.step / (self.step + 10))
        with torch.no_grad():
            for mean, parameter in zip(self.average.parameters(), self.parameters, strict=True):
                mean.lerp_(parameter, 1 - kept)
        return sum(loss for loss, _, _ in parts), frames

    def _gradients(self, chosen: list[int], worker: int) -> tuple[float, int, tuple[torch.Tensor, ...]]:
        """Loss and gradients summed over the output frames of one batch, and how many those are."""
        chance = np.random.default_rng((self.schedule.seed, self.step, worker))
        progress = self.schedule.progress(self.step, self.seconds)
        hinted = float(np.interp(progress, _HINTED, (1, 0))) if self.schedule.hinted else 0.0
        examples = [self.examples[index] for index in chosen]
        batch = batch_of(examples, self.network.context, chance, refused=REFUSED * (1 - hinted))
        hidden = self.network.hidden(torch.from_numpy(batch.frames).to(self.device))
        scores = self.network.head.output(hidden)
        by_frame = torch.log_softmax(self.network.head.frame_output(hidden), -1)
        hint = hinted * by_frame.detach().cpu().numpy()
        hint[:, :, entering_pdf(0) : staying_pdf(0) + 1] += _HINT * hinted * (1 - 2 * batch.loudness[:, :, None])
        loss, believed = MutualInformationLoss.apply(scores, batch.lengths, batch.said, self.bigram, hint)
        inside = believed.sum(-1, keepdim=True)  # zero beyond an utterance's end
        penalty = (inside * scores.square()).sum()
        frame_share = _FRAME_SHARES[0] * hinted + _FRAME_SHARES[1] * (1 - hinted)
        total = loss - frame_share * (believed * by_frame).sum() + _SCORE_PENALTY * penalty
        return float(loss.detach()), int(batch.lengths.sum()), torch.autograd.grad(total, self.parameters)


def _one_thread_each() -> None:
    torch.set_num_threads(1)


def _measure_features(network: Network, examples: list[Example], seed: int) -> None:
    chance = np.random.default_rng(seed)
    some = chance.choice(len(examples), min(1500, len(examples)), replace=False)
    frames = np.concatenate([examples[index].frames.astype(np.float32) for index in some])
    network.mean.copy_(torch.from_numpy(frames.mean(0)))
    network.deviation.copy_(torch.from_numpy(frames.std(0) + 1e-3))


def normalised(network: Network, examples: list[Example], seed: int, *, batches: int = 60) -> Network:
    """A copy whose means and variances are those of ``batches`` batches of training data."""
    network = copy.deepcopy(network).cpu().train()
    for module in network.modules():
        if isinstance(module, Normalisation):
            module.reset_running_stats()
            module.momentum = None  # the plain average over all batches
    for layer in network.factored:
        layer.dropout = 0.0
    chance = np.random.default_rng(seed)
    shown = drawn(examples, 6000, seed)
    with torch.no_grad():
        for _ in range(batches):
            batch: Batch = batch_of([examples[index] for index in next(shown)], network.context, chance)
            network(torch.from_numpy(batch.frames))
    return network.eval()


def load_finished(checkpoint: Path, examples: list[Example], seed: int) -> Network:
    """The finished network of a checkpoint, whether its training has ended or not."""
    return normalised(load_network(checkpoint, "average"), examples, seed)


def load_network(checkpoint: Path, which: Literal["network", "average"]) -> Network:
    """The network of a checkpoint as the last step left it, or its average."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    network = Network(Shape(**state["shape"]))
    network.load_state_dict(state[which])
    return network


def shapes_for_hotlines() -> tuple[Shape, Shape]:
    """A small network that finds the phones, and the one that it grows into: two million values, 8 MB, are shipped."""
    young = Shape(PDF_COUNT, front=192, width=288, bottleneck=88, narrow=128)
    return young, Shape(PDF_COUNT)
