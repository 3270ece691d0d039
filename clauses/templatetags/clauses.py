"""Ce que les gabarits disent d'une clause : {% load clauses %}."""

from django import template
from django.utils.safestring import SafeString

from clauses.regles.rythme import CodeRythme, Rythme
from comptes.templatetags.etape import puce

register = template.Library()

# code → (teinte, icône) : retard = triangle, à surveiller = œil (guide, « Puce d'état »)
PUCES_DE_RYTHME = {
    CodeRythme.RETARD: ("refus", "triangle"),
    CodeRythme.SURVEILLER: ("attente", "oeil"),
    CodeRythme.RYTHME: ("valide", "coche"),
    CodeRythme.AVANCE: ("valide", "coche"),
    CodeRythme.TENU: ("valide", "coche"),
    CodeRythme.A_VENIR: ("neutre", "point"),
    CodeRythme.A_COMPLETER: ("attente", "crayon"),
}


@register.simple_tag
def puce_rythme(rythme: Rythme) -> SafeString:
    """{% puce_rythme ligne.avancement.rythme %} → « En retard de 314 h », avec sa teinte et son icône."""
    etat, symbole = PUCES_DE_RYTHME[rythme.code]
    return puce(etat, rythme.libelle, symbole)
