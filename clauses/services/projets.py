"""Les gestes d'un marché à venir : demander l'avis, écrire, rendre l'avis, publier, abandonner, créer l'opération.

Chacun verrouille le projet, contrôle que son état le permet, et tient avec lui qui attend une réponse.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from clauses.models import AvisFacilitateur, MessageProjet, Operation, ProjetMarche
from clauses.regles.calibrage_dispositifs import Dispositif
from clauses.regles.projets import Geste, Partie, controler_facilitateur, controler_geste, controler_publication
from clauses.services.clausier import citer
from comptes.ecriture import enregistrer, exiger
from comptes.models import Profil, Utilisateur


@transaction.atomic
def enregistrer_projet(projet: ProjetMarche) -> ProjetMarche:
    """Enregistre ce que l'acheteur a tapé. Lève ValidationError si l'avis est rendu, ou demandé à un autre facilitateur."""
    if not projet._state.adding:
        actuel = _verrouiller(projet)
        exiger(controler_geste(actuel.faits, Geste.MODIFIER))
        exiger(controler_facilitateur(actuel.faits, change=projet.structure_id != actuel.structure_id))
        # Ce qu'un autre geste vient d'écrire : ce qui est tapé ne le connaît pas.
        projet.demande_le, projet.attente, projet.attente_depuis = (
            actuel.demande_le,
            actuel.attente,
            actuel.attente_depuis,
        )
    enregistrer(projet)
    return projet


@transaction.atomic
def demander_avis(*, projet: ProjetMarche, par: Utilisateur) -> ProjetMarche:
    """Envoie le projet au facilitateur, qui le voit à partir de maintenant."""
    actuel = _ouvrir(projet, par, Profil.ACHETEUR, Geste.DEMANDER)
    actuel.demande_le = timezone.now()
    _attendre(actuel, Partie.FACILITATEUR, actuel.demande_le)
    enregistrer(actuel)
    return actuel


@transaction.atomic
def ecrire_message(*, projet: ProjetMarche, texte: str, par: Utilisateur) -> MessageProjet:
    """Ajoute un message au fil : l'autre partie est alors attendue, depuis maintenant si elle ne l'était pas déjà."""
    actuel = _verrouiller(projet)
    exiger(controler_geste(actuel.faits, Geste.ECRIRE))
    message = MessageProjet(
        projet=actuel, organisation=par.organisation, auteur=par, texte=texte.strip(), le=timezone.now()
    )
    enregistrer(message)
    _attendre(actuel, Partie.FACILITATEUR if par.profil == Profil.ACHETEUR else Partie.ACHETEUR, message.le)
    enregistrer(actuel)
    return message


@transaction.atomic
def rendre_avis(
    *,
    projet: ProjetMarche,
    dispositif: str,
    heures: Decimal | None,
    texte: str,
    clauses: Sequence[str],
    par: Utilisateur,
) -> AvisFacilitateur:
    """Rend l'avis et recopie les rédactions qu'il cite ; plus personne n'attend.

    Lève ValidationError si le dispositif demande des heures et qu'il n'y en a pas.
    """
    actuel = _ouvrir(projet, par, Profil.FACILITATEUR, Geste.RENDRE_AVIS)
    if Dispositif(dispositif, ()).demande_des_heures and not heures:
        raise ValidationError({"heures": "Ce dispositif écrit des heures au marché\u00a0: indiquez-les."})
    avis = AvisFacilitateur(
        projet=actuel, dispositif=dispositif, heures=heures, texte=texte.strip(), par=par, le=timezone.now()
    )
    enregistrer(avis)
    citer(avis=avis, codes=clauses)
    _attendre(actuel, None, None)
    enregistrer(actuel)
    return avis


@transaction.atomic
def publier_projet(*, projet: ProjetMarche, publie_le: date, par: Utilisateur) -> ProjetMarche:
    """Note que la consultation est publiée : l'avis a fait son œuvre, ou on s'en est passé."""
    actuel = _ouvrir(projet, par, Profil.ACHETEUR, Geste.PUBLIER)
    exiger(controler_publication(publie_le, timezone.localdate()), "publie_le")
    actuel.publie_le = publie_le
    _attendre(actuel, None, None)
    enregistrer(actuel)
    return actuel


@transaction.atomic
def abandonner_projet(*, projet: ProjetMarche, par: Utilisateur) -> ProjetMarche:
    actuel = _ouvrir(projet, par, Profil.ACHETEUR, Geste.ABANDONNER)
    actuel.abandonne_le = timezone.localdate()
    _attendre(actuel, None, None)
    enregistrer(actuel)
    return actuel


@transaction.atomic
def creer_operation_du_projet(*, projet: ProjetMarche, operation: Operation, par: Utilisateur) -> Operation:
    """Enregistre l'opération et la lie au projet, une seule fois."""
    actuel = _ouvrir(projet, par, Profil.FACILITATEUR, Geste.CREER_OPERATION)
    enregistrer(operation)
    actuel.operation = operation
    _attendre(actuel, None, None)
    enregistrer(actuel)
    return operation


def _ouvrir(projet: ProjetMarche, par: Utilisateur, profil: Profil, geste: Geste) -> ProjetMarche:
    if par.profil != profil:
        raise PermissionDenied
    actuel = _verrouiller(projet)
    exiger(controler_geste(actuel.faits, geste))
    return actuel


def _verrouiller(projet: ProjetMarche) -> ProjetMarche:
    return ProjetMarche.objects.select_for_update(of=("self",)).get(pk=projet.pk)


def _attendre(projet: ProjetMarche, partie: Partie | None, moment) -> None:
    """Une attente déjà ouverte de la même partie garde sa date : relancer ne rajeunit pas la question."""
    if partie is None:
        projet.attente, projet.attente_depuis = "", None
    elif projet.attente != partie:
        projet.attente, projet.attente_depuis = partie, moment
