"""Ce que le bilan imprimé dessine autrement que l'écran : {% load bilans %}."""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from clauses.regles import CodeRythme, Rythme

register = template.Library()

TRIANGLE = mark_safe(
    '<path d="M8 1.8 15 14H1z" fill="none" stroke="#962012" stroke-width="2"/>'
    '<path d="M8 6v4m0 1.5v1" stroke="#962012" stroke-width="2"/>'
)
OEIL = mark_safe(
    '<path d="M1 8c1.7-3 4-4.5 7-4.5S13.3 5 15 8c-1.7 3-4 4.5-7 4.5S2.7 11 1 8z" fill="none" stroke="#714700" '
    'stroke-width="1.8"/><circle cx="8" cy="8" r="2.2" fill="#714700"/>'
)
COCHE = mark_safe('<path d="m2.5 8.5 3.6 3.7 7.4-8.4" fill="none" stroke="#0d5643" stroke-width="2.4"/>')
ROND = mark_safe(
    '<circle cx="8" cy="8" r="5.5" fill="none" stroke="#405048" stroke-width="1.8" stroke-dasharray="2.2 2.2"/>'
)
DESSINS = {
    CodeRythme.RETARD: ("retard", TRIANGLE),
    CodeRythme.SURVEILLER: ("surveiller", OEIL),
    CodeRythme.A_COMPLETER: ("surveiller", ROND),
    CodeRythme.A_VENIR: ("discret", ROND),
}


@register.simple_tag
def rythme_imprime(rythme: Rythme) -> SafeString:
    """Le rythme en mot, icône et teinte : lisible en noir et blanc."""
    classe, dessin = DESSINS.get(rythme.code, ("tenu", COCHE))
    return format_html(
        '<span class="rythme {}"><svg viewBox="0 0 16 16" aria-hidden="true">{}</svg>{}</span>',
        classe,
        dessin,
        rythme.libelle,
    )


@register.filter
def valeur_absolue(valeur: Decimal) -> Decimal:
    return abs(valeur)
