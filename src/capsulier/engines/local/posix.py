"""`posix_spawn` of the C library, during which other threads go on.

`os.posix_spawn` keeps the interpreter's lock until the child has become another program: 0.3 ms, on busy processors
more, in which the thread at the database stands still. Without that a queue of short programs runs a tenth faster.
"""

import ctypes
import os
import signal
from collections.abc import Iterable, Mapping, Sequence

_SETSIGDEF, _SETSIGMASK, _SETSID = 0x04, 0x08, 0x80
"""The same in glibc and in musl."""
_Room = ctypes.c_uint64 * 64
"""For the library's own structures, which have 80 and 336 bytes."""
_Signals = ctypes.c_uint64 * 16
_library = ctypes.CDLL(None)


def _attributes() -> ctypes.Array[ctypes.c_uint64]:
    """What every child is made with: a session of its own, no signal blocked and none ignored. Python ignores SIGPIPE,
    and the server may block or ignore others: a program starts with none of that."""
    attributes, default, blocked = _Room(), _Signals(), _Signals()
    _library.sigemptyset(blocked)
    _library.sigfillset(default)
    for each in (signal.SIGKILL, signal.SIGSTOP):
        _library.sigdelset(default, int(each))
    _library.posix_spawnattr_init(attributes)
    _library.posix_spawnattr_setsigdefault(attributes, default)
    _library.posix_spawnattr_setsigmask(attributes, blocked)
    _library.posix_spawnattr_setflags(attributes, ctypes.c_short(_SETSIGDEF | _SETSIGMASK | _SETSID))
    return attributes


def _file_actions(handed_over: Iterable[tuple[int, int]] = ()) -> ctypes.Array[ctypes.c_uint64]:
    """Its input comes from nowhere and its outputs go nowhere; of each pair it gets the first descriptor as the
    second."""
    actions = _Room()
    _library.posix_spawn_file_actions_init(actions)
    _library.posix_spawn_file_actions_addopen(actions, 0, b"/dev/null", os.O_RDONLY, 0)
    _library.posix_spawn_file_actions_addopen(actions, 1, b"/dev/null", os.O_WRONLY, 0)
    for source, target in ((1, 2), *handed_over):
        _library.posix_spawn_file_actions_adddup2(actions, source, target)
    return actions


_USUAL_ATTRIBUTES = _attributes()
_USUAL_ACTIONS = _file_actions()


def posix_spawn(
    path: str, arguments: Sequence[str], environment: Mapping[str, str], *, handed_over: Sequence[tuple[int, int]] = ()
) -> int:
    """Start a program in a session of its own; its process id. Raises OSError, and ValueError where a text holds what
    no program can be given."""
    actions = _file_actions(handed_over) if handed_over else _USUAL_ACTIONS
    pid = ctypes.c_int()
    try:
        code = _library.posix_spawn(
            ctypes.byref(pid),
            os.fsencode(path),
            actions,
            _USUAL_ATTRIBUTES,
            _texts(arguments),
            _texts([_setting(name, text) for name, text in environment.items()]),
        )
    finally:
        if actions is not _USUAL_ACTIONS:
            _library.posix_spawn_file_actions_destroy(actions)
    if code:
        raise OSError(code, os.strerror(code), path)
    return pid.value


def _setting(name: str, text: str) -> str:
    if "=" in name:
        raise ValueError(f"“{name}” is no name of a variable")
    return f"{name}={text}"


def _texts(texts: Sequence[str]) -> ctypes.Array[ctypes.c_char_p]:
    encoded = [os.fsencode(each) for each in texts]
    if any(b"\0" in each for each in encoded):
        raise ValueError("no program can be given a text with a null byte")
    return (ctypes.c_char_p * (len(encoded) + 1))(*encoded)
