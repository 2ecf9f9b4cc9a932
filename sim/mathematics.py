"""Exponentials, logarithms and powers in a fixed order of elementary operations: the same bits on every processor.

The functions of numpy and of the system's library differ in the last bit between processors. These use addition,
multiplication and division of 64-bit floating point alone, which IEEE 754 rounds in one way. They have no branches but
selections, so that loops over them are vectorised. Largest errors, in units in the last place (ulp), are stated and
tested against exact values. Zeros, infinities, NaN and subnormal numbers come out as IEEE 754 wants.

Reductions and coefficients are those of fdlibm (Sun Microsystems 1993, freely given).
"""

from math import inf, nan

import numpy as np

from sim.arrays import Array, Block, Mask, Rows
from sim.compiled import elementary, equation, inner, loop

TO_WHOLE = 6755399441055744.0  # 1.5 * 2^52: added and taken off, it rounds to whole numbers
BIAS = 1023.0  # of exponents
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10  # their sum; the first ends in zeros
LOG2_E = 1.44269504088896338700e00
E1, E2, E3 = 1.66666666666666019037e-01, -2.77777777770155933842e-03, 6.61375632143793436117e-05
E4, E5 = -1.65339022054652515390e-06, 4.13813679705723846039e-08
L1, L2, L3, L4 = 6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01
L5, L6, L7 = 1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01
M1, M2, M3 = -3.33333333333331316428e-02, 1.58730158725481460165e-03, -7.93650757867487942473e-05
M4, M5 = 4.00821782732936239552e-06, -2.01099218183624371326e-07
SMALLEST_NORMAL = 2.2250738585072014e-308
ROOT_OF_HALF = 0x3FE6A09E00000000  # bits of about sqrt(1/2): significands run from there to its double
SIGNIFICAND = 0x000FFFFFFFFFFFFF  # bits of it
WHOLE_BITS = 0x4338000000000000  # bits of TO_WHOLE
SINGULAR = 1e-12  # part of the largest number of a column, below which a pivot is nothing


@equation
def power_of_two(exponent: float) -> float:
    """2^exponent for whole numbers from -1022 to 1023, exactly."""
    return np.int64(np.int64(np.float64(exponent + (TO_WHOLE + BIAS)).view(np.int64)) << 52).view(np.float64)


@elementary
def exp(x: float) -> float:
    """e^x. Error below 1 ulp; below 2^-1074 of an absolute error where the result is subnormal."""
    nothing = x < -746.0  # and no road to it through subnormal numbers, which take processors a hundred times as long
    bounded = 0.0 if nothing else x
    bounded = 710.0 if bounded > 710.0 else bounded
    k = (bounded * LOG2_E + TO_WHOLE) - TO_WHOLE
    high, low = bounded - k * LN2_HIGH, k * LN2_LOW
    r = high - low
    t = r * r
    c = r - t * (E1 + t * (E2 + t * (E3 + t * (E4 + t * E5))))
    y = 1.0 - ((low - (r * c) / (2.0 - c)) - high)
    half = (k * 0.5 + TO_WHOLE) - TO_WHOLE
    scaled = y * power_of_two(half) * power_of_two(k - half)
    scaled = 0.0 if nothing else scaled
    return scaled if x == x else x


@equation
def _series(s: float) -> float:
    """(ln((1 + s) / (1 - s)) - 2 s) / s for s between -0.172 and 0.172, in even powers of s."""
    z = s * s
    w = z * z
    return w * (L2 + w * (L4 + w * L6)) + z * (L1 + w * (L3 + w * (L5 + w * L7)))


@equation
def _logarithm(x: float, correction: float) -> float:
    """ln(x + correction) for a positive normal x and a correction too small to change it."""
    bits = np.int64(np.float64(x).view(np.int64) - ROOT_OF_HALF)
    k = np.int64((bits >> 52) + WHOLE_BITS).view(np.float64) - TO_WHOLE
    f = np.int64((bits & SIGNIFICAND) + ROOT_OF_HALF).view(np.float64) - 1.0
    half = 0.5 * f * f
    s = f / (2.0 + f)
    return s * (half + _series(s)) + (k * LN2_LOW + correction) - half + f + k * LN2_HIGH


@elementary
def log(x: float) -> float:
    """ln x. Error below 1 ulp. Minus infinity at 0, NaN below."""
    subnormal = x < SMALLEST_NORMAL
    k = 54.0 if subnormal else 0.0
    found = _logarithm(x * 18014398509481984.0 if subnormal else x, 0.0)  # 2^54
    found = (found - k * LN2_LOW) - k * LN2_HIGH
    found = found if x > 0.0 else (-inf if x == 0.0 else nan)
    return found if x < inf else x


@elementary
def log1p(x: float) -> float:
    """ln(1 + x). Error below 1 ulp. Minus infinity at -1, NaN below."""
    usable = x if -1.0 < x < inf else 0.0
    u = 1.0 + usable
    lost = usable - (u - 1.0) if u < 2.0 else 1.0 - (u - usable)  # in rounding u
    far = _logarithm(u, lost / u)
    small = -0.29289 < usable < 0.41421
    half = 0.5 * usable * usable
    s = usable / (2.0 + usable)
    near = s * (half + _series(s)) - half + usable
    found = near if small else far
    found = found if x > -1.0 else (-inf if x == -1.0 else nan)
    found = x if x == 0.0 else found
    return found if x < inf else x


@elementary
def expm1(x: float) -> float:
    """e^x - 1. Error below 1 ulp."""
    bounded = -56.0 if x < -56.0 else x
    bounded = 710.0 if bounded > 710.0 else bounded
    k = (bounded * LOG2_E + TO_WHOLE) - TO_WHOLE
    high, low = bounded - k * LN2_HIGH, k * LN2_LOW
    r = high - low
    c = (high - r) - low
    half = 0.5 * r
    square = r * half
    r1 = 1.0 + square * (M1 + square * (M2 + square * (M3 + square * (M4 + square * M5))))
    t = 3.0 - r1 * half
    e = square * ((r1 - t) / (6.0 - r * t))
    at_zero = r - (r * e - square)
    e = (r * (e - c) - c) - square
    up = power_of_two((k * 0.5 + TO_WHOLE) - TO_WHOLE)
    rest = power_of_two(k - ((k * 0.5 + TO_WHOLE) - TO_WHOLE))
    inverse = power_of_two(-(k if k < 1000.0 else 1000.0))
    below = (r - e + (1.0 - inverse)) * up * rest
    above = (r - (e + inverse) + 1.0) * up * rest
    one = -2.0 * (e - (r + 0.5)) if r < -0.25 else 1.0 + 2.0 * (r - e)
    found = below if k < 20.0 else above
    found = (r - e + 1.0) * up * rest - 1.0 if k > 56.0 or k < -1.0 else found
    found = 0.5 * (r - e) - 0.5 if k == -1.0 else found
    found = one if k == 1.0 else found
    found = at_zero if k == 0.0 else found
    found = x if -1e-17 < x < 1e-17 else found
    return found if x == x else x


@elementary
def power(base: float, exponent: float) -> float:
    """base^exponent for a base from 0 up, as e^(exponent ln base): error below 1 + 3 |exponent ln base| ulp.

    Exactly 1 for an exponent of 0 or a base of 1, and exactly the base for an exponent of 1.
    """
    found = exp(exponent * log(base))
    found = base if exponent == 1.0 else found
    return 1.0 if exponent == 0.0 or base == 1.0 else found


@loop
def total(values: Array) -> float:
    """The sum of a vector, in eight lanes whatever the processor has."""
    a = b = c = d = e = f = g = h = 0.0
    whole = values.size - values.size % 8
    for i in range(0, whole, 8):
        a += values[i]
        b += values[i + 1]
        c += values[i + 2]
        d += values[i + 3]
        e += values[i + 4]
        f += values[i + 5]
        g += values[i + 6]
        h += values[i + 7]
    rest = 0.0
    for i in range(whole, values.size):
        rest += values[i]
    return ((a + e) + (c + g)) + ((b + f) + (d + h)) + rest


@loop
def highest(values: Array) -> float:
    """The highest of a vector; minus infinity of none."""
    a = b = c = d = -inf
    whole = values.size - values.size % 4
    for i in range(0, whole, 4):
        a = max(a, values[i])
        b = max(b, values[i + 1])
        c = max(c, values[i + 2])
        d = max(d, values[i + 3])
    for i in range(whole, values.size):
        a = max(a, values[i])
    return max(max(a, b), max(c, d))


@inner
def fill(values: Array, value: float) -> None:
    """Put a value into all places of ``values``: as an assignment to a slice it would take long to compile."""
    for i in range(values.size):
        values[i] = value


def logs(values: Array) -> Array:
    """``log`` of a vector, sooner than by calling it with one."""
    found = np.empty((1, values.size))
    _logs(values, found)
    return np.asarray(found[0])


@loop
def _logs(values: Array, found: Block) -> None:
    for i in range(values.size):
        found[0, i] = log(values[i])


@loop
def total_at(values: Array, rows: Rows) -> float:
    """The sum of a vector over some of its rows, in four lanes."""
    a = b = c = d = 0.0
    whole = rows.size - rows.size % 4
    for i in range(0, whole, 4):
        a += values[rows[i]]
        b += values[rows[i + 1]]
        c += values[rows[i + 2]]
        d += values[rows[i + 3]]
    for i in range(whole, rows.size):
        a += values[rows[i]]
    return (a + c) + (b + d)


@loop
def mean_ln(values: Array, rows: Rows) -> float:
    """The mean of ln of a vector's positive values over some of its rows; NaN without any."""
    held, count = np.empty(rows.size), 0
    for row in rows:
        if values[row] > 0.0:
            held[count] = values[row]
            count += 1
    for i in range(count):
        held[i] = log(held[i])
    return total(held[:count]) / count if count else nan


@loop
def median_at(values: Array, rows: Rows, counted: Mask) -> float:
    """The median of a vector over those of some rows that count: between the two in the middle, where they are two;
    NaN of nobody."""
    held, count = np.empty(rows.size), 0
    for row in rows:
        if counted[row]:
            held[count] = values[row]
            count += 1
    if not count:
        return nan
    upper = _smallest(held[:count], count // 2)
    return upper if count % 2 else 0.5 * (highest(held[: count // 2]) + upper)


@inner
def _smallest(values: Array, place: int) -> float:
    """The value that stands at a place once ``values`` are in order. It stands there afterwards, those below before it
    (Hoare 1961, Algorithm 65: Find)."""
    low, high = 0, values.size - 1
    while low < high:
        pivot, i, j = values[(low + high) // 2], low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if place <= j:
            high = j
        elif place >= i:
            low = i
        else:
            break
    return float(values[place])


@loop
def count_at(counted: Mask, rows: Rows) -> int:
    """How many of some rows count."""
    count = 0
    for row in rows:
        count += counted[row]
    return count


@inner
def largest(values: Array, rows: Rows, ordered: Array) -> None:
    """The largest values at some rows, as many as ``ordered`` has room for, into it in rising order; minus infinity
    where there are fewer."""
    fill(ordered, -inf)
    for row in rows:
        value, at = values[row], 0
        if not value > ordered[0]:
            continue
        while at + 1 < ordered.size and ordered[at + 1] < value:
            ordered[at] = ordered[at + 1]
            at += 1
        ordered[at] = value


def solved(matrix: Array, right: Array) -> Array:
    """x (n,) with ``matrix`` (n, n) times x as ``right`` (n,), by elimination with the largest pivot of a column; 0
    where a column adds nothing to those before it. For a handful of numbers: bits of numpy's depend on the processor.
    """
    rows, places = np.column_stack([matrix, right]), dict[int, int]()  # of pivots: row by column
    left = list(range(len(right)))
    for column in range(len(right)):
        row = max(left, key=lambda each: abs(float(rows[each, column])), default=-1)
        if row < 0 or abs(rows[row, column]) <= SINGULAR * np.abs(matrix[:, column]).max(initial=0.0):
            continue
        left.remove(row)
        places[column] = row
        for other in range(len(right)):
            if other != row:
                rows[other] = rows[other] - rows[row] * (rows[other, column] / rows[row, column])
    found = np.zeros(len(right))
    for column, row in places.items():
        found[column] = rows[row, -1] / rows[row, column]
    return found
