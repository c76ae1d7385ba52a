"""Bodies of requests: what arrives as a form has names."""

from typing import IO, Any

from flask import Request as FlaskRequest
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.formparser import FormDataParser


class NamedParts(FormDataParser):
    """Leaves out parts without a name, which RFC 7578 (4.2) demands: no browser sends them, and no field has them."""

    def parse(self, *given: Any, **options: Any) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]:
        stream, form, files = super().parse(*given, **options)
        # The library's types know only names; a part without one comes under None.
        for file in files.getlist(None):  # type: ignore[call-overload]
            file.close()
        return stream, self._named(form), self._named(files)

    def _named(self, found: Any) -> Any:
        return self.cls((name, value) for name, value in found.items(multi=True) if name is not None)


class Request(FlaskRequest):
    form_data_parser_class = NamedParts
