"""The file of a multipart form, handed on as its bytes come: never whole in memory, never on disk beside its place."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from django.http import HttpRequest
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from capsulier.config import config
from capsulier.core.errors import Invalid, TooLarge, UploadCutOff
from capsulier.core.wording import size_in_words

FIELD = "file"
_CHUNK_BYTES = 256 * 1024
_FORM_BYTES = 64 * 1024
"""What a form may have around its file."""


class UploadedFile(NamedTuple):
    name: str
    chunks: Iterator[bytes]
    """To be read once. Raises UploadCutOff, where the form ends too early."""


def read_file(request: HttpRequest) -> UploadedFile:
    """Read the form up to where the bytes of its field `file` begin. Raises Invalid where there is none."""
    kind, options = parse_options_header(request.headers.get("Content-Type"))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise Invalid(f"Send the file as multipart/form-data, in a field named {FIELD}.", field=FIELD)
    most = config().max_package_bytes
    announced = request.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced) > most + _FORM_BYTES:
        raise TooLarge(f"The package is larger than {size_in_words(most)}, the most allowed here.", field="package")
    form = _Form(request.META["wsgi.input"], options[b"boundary"])
    return UploadedFile(form.file_name(), form.chunks())


class _Form:
    """Parses as it reads; of all parts it keeps the bytes of the file only, and of those what was not taken yet."""

    def __init__(self, source: BinaryIO, boundary: bytes) -> None:
        self._source = source
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin_part,
                "on_header_field": self._add_header_name,
                "on_header_value": self._add_header_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._end_headers,
                "on_part_data": self._add_data,
                "on_end": self._end,
            },
        )
        self._header = [b"", b""]
        self._disposition = b""
        self._is_file = self._is_over = False
        self._name: str | None = None
        self._data: list[bytes] = []
        self._read_bytes = 0

    def file_name(self) -> str:
        while self._name is None:
            if self._is_over:
                raise Invalid(f"The form has no file in a field named {FIELD}.", field=FIELD)
            self._read_on()
        return self._name

    def chunks(self) -> Iterator[bytes]:
        while True:
            data, self._data = self._data, []
            yield from data
            if self._is_over:
                return
            self._read_on()

    def _read_on(self) -> None:
        data = self._source.read(_CHUNK_BYTES)
        self._read_bytes += len(data)
        if not data:
            read = size_in_words(self._read_bytes)
            raise UploadCutOff(f"The upload was cut off after {read}. Nothing was kept. Send it again.", field=FIELD)
        try:
            self._parser.write(data)
        except FormParserError as error:
            words = "The form cannot be read: it is no multipart/form-data, or the name of its file is too long."
            raise Invalid(words, field=FIELD) from error

    def _begin_part(self) -> None:
        self._disposition = b""
        self._is_file = False

    def _add_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header[0] += data[start:end]

    def _add_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1] += data[start:end]

    def _end_header(self) -> None:
        name, value = self._header
        if name.lower() == b"content-disposition":
            self._disposition = value
        self._header = [b"", b""]

    def _end_headers(self) -> None:
        _, options = parse_options_header(self._disposition)
        if options.get(b"name") == FIELD.encode() and b"filename" in options and self._name is None:
            self._is_file = True
            self._name = options[b"filename"].decode(errors="replace")

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._data.append(data[start:end])

    def _end(self) -> None:
        self._is_over = True
