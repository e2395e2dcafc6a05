"""Money aloud, in 元, 角 and 分.

Theory of operation. The yuan are a whole number; 角 and 分 are single digits after it.

* An empty 角 between 元 and 分 is a gap and is read 零 (十元零五分); nothing else between the parts is (一万元五角).
* Two is 两 when it is the *only* digit of what is said (两角, 两分) or all of the yuan (两元, 两元二角), 二 when a
  greater unit was said before it (二百零二元零二分), and 二 in 二角二分, where two digits follow one another.
* Nothing at all is 零元; a debt begins with 负. Amounts never use 幺, which belongs to numbers read digit by digit.
"""

from __future__ import annotations

from ivr.mandarin.reading_numbers import DIGITS, read_integer


def read_money(fen: int) -> str:
    """An amount in integer fen: ``123456`` as 一千二百三十四元五角六分.

    Raises ValueError for anything but an int whose yuan ``read_integer`` can read.
    """
    if type(fen) is not int:
        raise ValueError(f"cannot read {fen!r} as money: give whole fen, as 123456 for 1234.56 yuan")
    if fen < 0:
        return "负" + read_money(-fen)
    yuan, cents = divmod(fen, 100)
    if yuan:
        text = "两元" if yuan == 2 else read_integer(yuan) + "元"
        if not cents:
            return text
        jiao, last = divmod(cents, 10)
        text += DIGITS[jiao] + "角" if jiao else "零"
        return text + DIGITS[last] + "分" if last else text
    if not cents:
        return "零元"
    jiao, last = divmod(cents, 10)
    if jiao and last:
        return f"{DIGITS[jiao]}角{DIGITS[last]}分"
    digit, unit = (jiao, "角") if jiao else (last, "分")
    return ("两" if digit == 2 else DIGITS[digit]) + unit
