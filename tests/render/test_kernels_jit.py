import numba
import numpy as np
import pytest
from numba import types

from stream.render.jit import PLANE_OUT, kernel


def add_one(plane, by):
    plane[0, 0] += by


def test_a_kernel_is_compiled_when_declared_and_kept_on_disk():
    compiled = kernel(PLANE_OUT, types.int64)(add_one)
    assert len(compiled.signatures) == 1 and compiled.stats.cache_path
    plane = np.zeros((2, 2), np.uint8)
    compiled(plane, 3)
    assert plane[0, 0] == 3


def test_where_nothing_can_be_written_a_kernel_is_compiled_without_a_cache(monkeypatch):
    asked, real = [], numba.njit

    def njit(*arguments, **options):
        asked.append(options.get("cache", False))
        if options.get("cache"):
            raise RuntimeError("cannot cache function 'add_one': no locator available for file 'x.py'")
        return real(*arguments, **options)

    monkeypatch.setattr(numba, "njit", njit)
    assert kernel(PLANE_OUT, types.int64)(add_one).signatures and asked == [True, False]


def test_any_other_failure_to_compile_is_not_hidden(monkeypatch):
    def njit(*_arguments, **_options):
        raise RuntimeError("out of registers")

    monkeypatch.setattr(numba, "njit", njit)
    with pytest.raises(RuntimeError, match="out of registers"):
        kernel(PLANE_OUT, types.int64)(add_one)
