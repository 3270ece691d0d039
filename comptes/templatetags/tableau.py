"""Écrire les lignes d'un tableau : {% load tableau %}.

Une page de liste a des centaines de cases. Ce qui ne change pas d'une ligne à l'autre (les attributs d'une colonne, le titre que ses
cases portent au téléphone) se lit ici une fois par colonne ; un gabarit le relirait à chaque case.
"""

from collections.abc import Callable

from django import template
from django.template.base import render_value_in_context
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django_tables2 import Table
from django_tables2.columns import BoundColumn
from django_tables2.rows import BoundRow

from comptes.listes import ColonneGabarit

register = template.Library()


@register.filter
def lignes(table: Table) -> SafeString:
    """{{ table|lignes }} : les lignes de la page ; la première colonne est l'en-tête de ligne."""
    colonnes = [(_dessin(colonne), *_balises(colonne, rang == 0)) for rang, colonne in enumerate(table.columns)]
    ecrites = []
    for ligne in table.paginated_rows:
        cases = (
            f"{ouverte}{render_value_in_context(dessiner(ligne), table.context)}{fermee}"
            for dessiner, ouverte, fermee in colonnes
        )
        ecrites.append(f"<tr {ligne.attrs.as_html()}>{''.join(cases)}</tr>\n")
    return SafeString("".join(ecrites))


def _dessin(colonne: BoundColumn) -> Callable[[BoundRow], object]:
    """Ce qui dessine une case. Un gabarit lit la ligne : chercher d'abord sa valeur, comme pour un champ, ne lui servirait à rien."""
    if isinstance(colonne.column, ColonneGabarit) and not colonne.link:
        return lambda ligne: colonne.column.render(record=ligne.record, table=ligne.table)
    return lambda ligne: ligne.get_cell(colonne.name)


def _balises(colonne: BoundColumn, est_en_tete: bool) -> tuple[str, str]:
    """Ce qui ouvre et ferme chaque case de la colonne."""
    attributs = colonne.attrs["td"].as_html()
    if est_en_tete:
        return f'<th {attributs} scope="row">', "</th>"
    nom = format_html(' data-nom="{}"', strip_tags(colonne.header)) if colonne.header else ""
    return f"<td {attributs}{nom}>", "</td>"
