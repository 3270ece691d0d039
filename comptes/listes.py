"""Trier et découper une liste d'après l'adresse."""

from django.http import HttpRequest
from django_tables2 import RequestConfig, Table


def mettre_en_pages(request: HttpRequest, table: Table, lignes_par_page: int) -> None:
    """Trie la table et en montre la page demandée ; une page qui n'existe pas mène à la première ou à la dernière.

    RequestConfig seul lirait aussi la longueur des pages dans l'adresse : « per_page=0 » casserait la liste, un million la chargerait
    d'un coup.
    """
    RequestConfig(request, paginate=False).configure(table)
    table.paginate(per_page=lignes_par_page)
    table.page = table.paginator.get_page(request.GET.get(table.prefixed_page_field))
