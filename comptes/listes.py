"""Trier et découper une liste d'après l'adresse ; ses colonnes faites d'un gabarit."""

from django.http import HttpRequest
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django_tables2 import RequestConfig, Table, TemplateColumn


class ColonneGabarit(TemplateColumn):
    """Une colonne dessinée par un gabarit, qui lit `record` et le contexte de la page.

    Le gabarit se rend dans ce contexte, comme un `{% include %}` : TemplateColumn le recopierait à chaque case et relancerait les
    processeurs de contexte, ce qui prend plus de temps que tout le reste de la liste.
    """

    def render(self, record: object, table: Table, **_) -> SafeString:
        with table.context.push(**{self.context_object_name: record}):
            return get_template(self.template_name).template.render(table.context)


def mettre_en_pages(request: HttpRequest, table: Table, lignes_par_page: int) -> None:
    """Trie la table et en montre la page demandée ; une page qui n'existe pas mène à la première ou à la dernière.

    RequestConfig seul lirait aussi la longueur des pages dans l'adresse : « per_page=0 » casserait la liste, un million la chargerait
    d'un coup.
    """
    RequestConfig(request, paginate=False).configure(table)
    table.paginate(per_page=lignes_par_page)
    table.page = table.paginator.get_page(request.GET.get(table.prefixed_page_field))
