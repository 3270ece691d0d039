"""Trier et découper une liste d'après l'adresse ; ses colonnes faites d'un gabarit."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.base import Template
from django.template.loader import get_template
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django_tables2 import RequestConfig, Table, TemplateColumn

LIGNES_PAR_PAGE = 25


class ColonneGabarit(TemplateColumn):
    """Une colonne dessinée par un gabarit, qui lit `record` et le contexte de la page.

    Le gabarit se rend dans ce contexte, comme un `{% include %}` : TemplateColumn le recopierait à chaque case et relancerait les
    processeurs de contexte, ce qui prend plus de temps que tout le reste de la liste.
    """

    @cached_property
    def gabarit(self) -> Template:
        return get_template(self.template_name).template

    def render(self, record: object, table: Table, **_) -> SafeString:
        with table.context.push(**{self.context_object_name: record}):
            return self.gabarit.render(table.context)


class PaginateurCompte(Paginator):
    """Un paginateur à qui la page dit combien il y a de lignes : elle les a déjà comptées."""

    def __init__(self, *args, nombre: int, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.count = nombre


def mettre_en_pages(request: HttpRequest, table: Table, nombre: int | None = None) -> None:
    """Trie la table et en montre la page demandée ; une page qui n'existe pas mène à la première ou à la dernière.

    RequestConfig seul lirait aussi la longueur des pages dans l'adresse : « per_page=0 » casserait la liste, un million la chargerait
    d'un coup. `nombre` : celui des lignes, quand il est déjà connu.
    """
    RequestConfig(request, paginate=False).configure(table)
    _departager(table)
    if nombre is None:
        table.paginate(per_page=LIGNES_PAR_PAGE)
    else:
        table.paginate(PaginateurCompte, per_page=LIGNES_PAR_PAGE, nombre=nombre)
    table.page = table.paginator.get_page(request.GET.get(table.prefixed_page_field))


def _departager(table: Table) -> None:
    """Des lignes à égalité gardent leur rang d'une page à l'autre : sans cela, l'une se lirait deux fois et l'autre jamais."""
    lignes = table.data.data
    if isinstance(lignes, QuerySet):
        ordre = lignes.query.order_by or lignes.model._meta.ordering
        table.data.data = lignes.order_by(*ordre, "pk")
