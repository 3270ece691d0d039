"""Tâches : un identifiant entre, un courriel part, une seule fois."""

from celery import shared_task
from django.core.cache import cache
from django.core.mail import send_mail
from django.template.loader import render_to_string

from beneficiaires.models import EtatOrientation, Orientation

UNE_SEMAINE = 7 * 24 * 3600


@shared_task
def annoncer_reponse(orientation_id: str, adresse: str) -> None:
    """Prévient l'auteur que sa personne orientée a une réponse, sans nommer la personne. Rejouée, elle n'envoie rien de plus."""
    orientation = Orientation.objects.select_related("auteur", "structure").filter(pk=orientation_id).first()
    if orientation is None or orientation.etat not in (EtatOrientation.ACCEPTEE, EtatOrientation.REFUSEE):
        return
    temoin = f"orientation-annoncee:{orientation_id}:{orientation.etat}"
    if not cache.add(temoin, 1, UNE_SEMAINE):
        return
    contexte = {
        "orientation": orientation,
        "adresse": adresse,
        "est_acceptee": orientation.etat == EtatOrientation.ACCEPTEE,
    }
    sujet = render_to_string("beneficiaires/courriels/reponse_sujet.txt", contexte).strip()
    texte = render_to_string("beneficiaires/courriels/reponse.txt", contexte)
    try:
        send_mail(sujet, texte, None, [orientation.auteur.email])
    except OSError:
        cache.delete(temoin)
        raise
