"""jit: how pixel kernels are compiled: ahead of use, GIL released, kept on disk where that is possible."""

from collections.abc import Callable
from typing import Any, TypeVar

import numba
from numba import types

F = TypeVar("F", bound=Callable[..., Any])

PLANE_IN = types.Array(types.uint8, 2, "A", readonly=True)
PLANE_OUT = types.Array(types.uint8, 2, "A")
"""Any 8-bit plane: padded rows or not; an input may be read-only or writable. One compilation serves all."""


def kernel(*signature: Any) -> Callable[[F], F]:
    """Compile a function without result for exactly these argument types when its module is imported.

    Explicit types keep numba from compiling again, for seconds and in mid-stream, when an array comes
    read-only or padded for the first time. The compiled code is cached beside the module or, where that folder
    cannot be written, in the user's cache folder or NUMBA_CACHE_DIR; without any of them it is compiled at every start.
    """
    def compiled(function: F) -> F:
        declared = types.void(*signature)
        try:
            return numba.njit(declared, nogil=True, cache=True)(function)  # type: ignore[no-any-return]
        except RuntimeError as error:
            if "no locator" not in str(error):
                raise
            return numba.njit(declared, nogil=True)(function)  # type: ignore[no-any-return]
    return compiled
