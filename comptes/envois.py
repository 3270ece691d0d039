"""Les fichiers envoyés : ce qui est trop lourd est refusé avant d'être lu."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class LimiteDesEnvois(FileUploadHandler):
    """Refuse à son en-tête un envoi de plus de `ENVOI_MAXIMUM_OCTETS` ; laisse passer les autres aux gestionnaires de Django."""

    def handle_raw_input(self, input_data: Any, META: dict, content_length: int, *args: Any, **kwargs: Any) -> None:
        if content_length > settings.ENVOI_MAXIMUM_OCTETS:
            raise RequestDataTooBig("Envoi de plus de ENVOI_MAXIMUM_OCTETS.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
