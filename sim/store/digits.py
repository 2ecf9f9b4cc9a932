"""Numbers as the shortest decimal text that reads back as the same number: the text of Python's own ``repr``, compiled.

Of all decimals between the midpoints to a number's neighbours the one with fewest digits is taken, and of several the
nearest. Three products with a power of ten in 128 bits, rounded to odd, decide which lie between: Giulietti 2020, "The
Schubfach way to render doubles".
"""

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Letters
from sim.compiled import inner

LONGEST = 24  # letters of a number: -2.2250738585072014e-308
LOWEST_POWER, HIGHEST_POWER = -292, 324  # of ten, that a number can be divided by
# Powers of two and ten as fixed-point multiples, whose whole part is exact over all numbers.
LOG10_2, LOG10_3_4, LOG10_BITS = 1262611, 524031, 22
LOG2_10, LOG2_BITS = 1741647, 19
MOST_FIXED, LEAST_FIXED = 16, -4  # powers of ten between which no exponent is written
ZERO, POINT, MINUS, PLUS, E = (ord(letter) for letter in "0.-+e")
INFINITE = (ord("i"), ord("n"), ord("f"))
U0, U1, U2, U10, U32 = (np.uint64(number) for number in (0, 1, 2, 10, 32))  # a signed one would make a float of both
LOW_HALF = np.uint64(2**32 - 1)


def _powers() -> NDArray[np.uint64]:
    """10^k scaled to 128 bits and rounded up, for k from LOWEST_POWER to HIGHEST_POWER: high and low half."""
    found = []
    for k in range(LOWEST_POWER, HIGHEST_POWER + 1):
        shift = 127 - ((k * LOG2_10) >> LOG2_BITS)
        if k >= 0:
            whole = 10**k
            scaled = whole << shift if shift >= 0 else -(-whole >> -shift)
        else:
            scaled = -(-(1 << shift) // 10**-k)
        found.append((scaled >> 64, scaled & (2**64 - 1)))
    return np.array(found, dtype=np.uint64)


POWERS = _powers()


@inner
def high_product(a: np.uint64, b: np.uint64) -> np.uint64:
    """The upper 64 bits of a product."""
    a1, a0, b1, b0 = a >> U32, a & LOW_HALF, b >> U32, b & LOW_HALF
    middle = a1 * b0 + ((a0 * b0) >> U32)
    other = a0 * b1 + (middle & LOW_HALF)
    return a1 * b1 + (middle >> U32) + (other >> U32)


@inner
def scaled(high: np.uint64, low: np.uint64, number: np.uint64) -> np.uint64:
    """The upper 64 bits of a product of 192, whose last bit is set where anything is cut off."""
    upper, lower = high_product(high, number), high * number
    carried = lower + high_product(low, number)
    if carried < lower:
        upper += U1
    return upper | U1 if carried > U1 else upper


@inner
def shortest(bits: int) -> tuple[np.uint64, int]:
    """Digits and power of ten of a positive finite number that is given by its bits."""
    exponent, fraction = bits >> 52, np.uint64(bits & 0xFFFFFFFFFFFFF)
    if exponent:
        significand, q = fraction | np.uint64(1 << 52), exponent - 1075
    else:
        significand, q = fraction, -1074
    closer_below = fraction == U0 and exponent > 1  # the neighbour below is half as far as that above
    k = (q * LOG10_2 - (LOG10_3_4 if closer_below else 0)) >> LOG10_BITS
    shift = np.uint64(q + ((-k * LOG2_10) >> LOG2_BITS) + 1)
    high, low = POWERS[-k - LOWEST_POWER, 0], POWERS[-k - LOWEST_POWER, 1]
    number = significand << U2
    odd = significand & U1  # a midpoint rounds to an even number
    below = scaled(high, low, (number - (U1 if closer_below else U2)) << shift) + odd
    exact = scaled(high, low, number << shift)
    above = scaled(high, low, (number + U2) << shift) - odd
    down = exact >> U2
    tens = down // U10 * U10
    lower, upper = below <= tens << U2, (tens + U10) << U2 <= above
    if down >= U10 and lower != upper:
        return (tens if lower else tens + U10), k
    lower, upper = below <= down << U2, (down + U1) << U2 <= above
    if lower != upper:
        return (down if lower else down + U1), k
    middle = (down << U2) + U2
    nearer = exact < middle or (exact == middle and down & U1 == U0)
    return (down if nearer else down + U1), k


@inner
def put_whole(number: np.uint64, out: Letters, at: int) -> int:
    """Write the digits of a positive whole number, and give the place behind them."""
    count, rest = 0, number
    while rest > U0:
        rest //= U10
        count += 1
    for i in range(count):
        out[at + count - 1 - i] = np.uint8(ZERO + np.int64(number % U10))
        number //= U10
    return at + count


@inner
def put(value: float, out: Letters, at: int) -> int:
    """Write a number that is not NaN, and give the place behind it. It takes at most LONGEST letters."""
    bits = np.float64(value).view(np.int64)
    if bits < 0:
        out[at] = MINUS
        at += 1
        value = -value
        bits = np.float64(value).view(np.int64)
    if not value < np.inf:
        out[at], out[at + 1], out[at + 2] = INFINITE
        return at + 3
    if value == 0.0:
        out[at], out[at + 1], out[at + 2] = ZERO, POINT, ZERO
        return at + 3
    digits, power = shortest(int(bits))
    while digits % U10 == U0:
        digits //= U10
        power += 1
    end = put_whole(digits, out, at)
    point = end - at + power  # digits before the point
    if not LEAST_FIXED < point <= MOST_FIXED:
        return put_exponent(out, at, end, point - 1)
    return put_point(out, at, end, point)


@inner
def put_point(out: Letters, at: int, end: int, point: int) -> int:
    """Put the point after so many digits, with zeros where digits are missing."""
    count = end - at
    if point <= 0:
        ahead = 2 - point
        for i in range(end - 1, at - 1, -1):
            out[i + ahead] = out[i]
        for i in range(at, at + ahead):
            out[i] = ZERO
        out[at + 1] = POINT
        return end + ahead
    if point >= count:
        for i in range(end, at + point + 2):
            out[i] = ZERO
        out[at + point] = POINT
        return at + point + 2
    for i in range(end - 1, at + point - 1, -1):
        out[i + 1] = out[i]
    out[at + point] = POINT
    return end + 1


@inner
def put_exponent(out: Letters, at: int, end: int, power: int) -> int:
    """Put the point behind the first digit, and a power of ten of at least two digits."""
    if end > at + 1:
        end = put_point(out, at, end, 1)
    out[end], out[end + 1] = E, MINUS if power < 0 else PLUS
    size = np.uint64(abs(power))
    if size < U10:
        out[end + 2] = ZERO
        return put_whole(size, out, end + 3) if size > U0 else end + 4
    return put_whole(size, out, end + 2)
