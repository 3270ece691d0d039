"""Supprimer ce qui n'a servi à rien d'autre. Ce qui porte des heures, des décisions ou des contrats reste."""

from collections.abc import Callable
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError

from clauses.models import (
    Affectation,
    Avenant,
    Candidature,
    Commande,
    Eligibilite,
    Lot,
    Marche,
    ModeEngagement,
    Operation,
    SousObjectif,
    Titulaire,
    Tranche,
)
from clauses.services.engagements import accorder_les_arrondis, recalculer_heures_dues, retirer_part
from clauses.services.fins import fin_sans, recalculer_fins
from clauses.services.marches import verrouiller_marche
from comptes.formats import accord, date_longue, euros, heures, quantite
from comptes.models import Utilisateur

Supprimable = Operation | Marche | Lot | Titulaire | Avenant | Tranche | Commande | SousObjectif


def obstacle(objet: Supprimable) -> str:
    """Rend la phrase qui dit pourquoi l'objet reste et quoi faire d'abord ; rien s'il peut être supprimé."""
    return _OBSTACLES[type(objet)](objet)


def emporte(objet: Supprimable) -> list[str]:
    """Rend ce que la suppression emporte avec l'objet."""
    return _EMPORTE[type(objet)](objet)


@transaction.atomic
def supprimer(*, objet: Supprimable, par: Utilisateur | None) -> None:
    """Supprime l'objet, s'il est encore là. Lève ValidationError, avec la phrase de l'obstacle, s'il a servi entre-temps."""
    if type(objet).objects.select_for_update(of=("self",)).filter(pk=objet.pk).first() is None:
        return  # un autre envoi vient de le faire
    if phrase := obstacle(objet):
        raise ValidationError(phrase)
    try:
        with transaction.atomic():
            _effacer(objet, par)
    except ProtectedError as erreur:
        raise ValidationError("D’autres éléments dépendent encore de celui-ci\u00a0: il reste enregistré.") from erreur


def _effacer(objet: Supprimable, par: Utilisateur | None) -> None:
    """Supprime, et récrit les heures dues qui en dépendaient."""
    match objet:
        case Tranche() | Commande():
            retirer_part(part=objet, par=par)
        case Avenant(engagement=engagement):
            verrouiller_marche(objet.marche_id)
            objet.delete()
            recalculer_fins([objet.marche_id])
            if engagement is not None:
                recalculer_heures_dues(engagement, par=par)
        case Titulaire():
            marche = objet.lot.marche
            objet.delete()
            accorder_les_arrondis(marche, par=par)
        case _:
            objet.delete()


def _operation(operation: Operation) -> str:
    if n := operation.marches.count():
        return f"Cette opération porte {quantite(n, 'marché')}. Supprimez d’abord ce qu’elle porte."
    if n := operation.eligibilites.count():
        return f"{quantite(n, 'décision')} d’éligibilité {accord(n, 'vaut,valent')} pour cette opération\u00a0: elle reste enregistrée."
    return ""


def _marche(marche: Marche) -> str:
    if n := marche.lots.count():
        return f"Ce marché a {quantite(n, 'lot')}. Supprimez d’abord ses lots."
    if n := marche.subsequents.count():
        return f"{quantite(n, 'marché subséquent,marchés subséquents')} {accord(n, 'en vient,en viennent')}\u00a0: il reste enregistré."
    if n := Eligibilite.objects.filter(regle__marche=marche).count():
        return f"{quantite(n, 'décision')} d’éligibilité {accord(n, 'a,ont')} appliqué la règle de ce marché\u00a0: il reste enregistré."
    return ""


def _lot(lot: Lot) -> str:
    if n := lot.titulaires.count():
        return f"Ce lot a {quantite(n, 'titulaire')}. Retirez d’abord chaque titulaire."
    return ""


def _titulaire(titulaire: Titulaire) -> str:
    if n := Affectation.objects.filter(engagement__titulaire=titulaire).values("contrat").distinct().count():
        return f"{quantite(n, 'contrat')} de travail {accord(n, 'compte,comptent')} pour ce titulaire\u00a0: il reste inscrit sur le lot."
    if n := Candidature.objects.filter(offre__engagement__titulaire=titulaire).count():
        return f"{quantite(n, 'candidature')} {accord(n, 'répond,répondent')} à ses offres\u00a0: il reste inscrit sur le lot."
    if n := titulaire.sous_traitants.count():
        return f"Ce titulaire a {quantite(n, 'sous-traitant')}. Retirez d’abord chacun, ou changez son donneur d’ordre."
    engagement = getattr(titulaire, "engagement", None)
    if engagement is not None and engagement.mode == ModeEngagement.PART_LOT and engagement.part_lot_pourcent:
        return "Il porte une part des heures du lot. Partagez-les d’abord sans lui, en mettant sa part à 0."
    return ""


def _avenant(avenant: Avenant) -> str:
    if avenant.engagement is None or avenant.heures_apres is None:
        return ""
    suivant = _avenants_en_heures(avenant).last()
    if suivant and suivant.pk != avenant.pk:
        return f"L’avenant {suivant.numero} est parti des heures de celui-ci. Supprimez-le d’abord."
    return ""


def _avenants_en_heures(avenant: Avenant) -> models.QuerySet[Avenant]:
    touches = Avenant.objects.filter(engagement=avenant.engagement, heures_apres__isnull=False)
    return touches.order_by("date_notification", "numero")


def _emporte_titulaire(titulaire: Titulaire) -> list[str]:
    engagement = getattr(titulaire, "engagement", None)
    if engagement is None:
        return []
    lignes = [f"son engagement de {heures(engagement.heures_dues)}"]
    if n := engagement.avenants.count():
        lignes.append(quantite(n, "changement d’heures par avenant,changements d’heures par avenant"))
    if n := engagement.tranches.count():
        lignes.append(quantite(n, "tranche"))
    if n := engagement.offres.count():
        lignes.append(quantite(n, "offre"))
    if n := engagement.commandes.count():
        lignes.append(quantite(n, "bon de commande,bons de commande"))
    return lignes


def _emporte_marche(marche: Marche) -> list[str]:
    lignes = ["sa règle d’éligibilité"]
    if n := marche.avenants.count():
        lignes.append(quantite(n, "avenant"))
    if n := marche.sous_objectifs.count():
        lignes.append(quantite(n, "objectif particulier,objectifs particuliers"))
    return lignes


def _emporte_avenant(avenant: Avenant) -> list[str]:
    lignes = []
    if avenant.heures_avant is not None and avenant.engagement is not None:
        lot = avenant.engagement.titulaire.lot
        retour = max(avenant.engagement.heures_dues - (avenant.heures_apres or 0) + avenant.heures_avant, Decimal(0))
        lignes.append(f"le changement d’heures du lot {lot.numero}, qui reviennent à {heures(retour)}")
    if (fin := fin_sans(avenant)) != avenant.marche.date_fin:
        retour_au = f"qui revient au {date_longue(fin)}" if fin else "qui redevient à compléter"
        lignes.append(f"le changement de la fin du marché, {retour_au}\u00a0; celle de l’opération ne bouge pas")
    return lignes


def nommer(objet: Supprimable) -> str:
    """Rend l'objet comme on le dit dans une phrase : « le lot 2, Façades »."""
    match objet:
        case Operation():
            return f"l’opération «\u00a0{objet.nom}\u00a0»"
        case Marche():
            return f"le marché {objet.reference}"
        case Lot():
            return f"le lot {objet.numero}, {objet.intitule}"
        case Titulaire():
            return f"{objet.entreprise.nom}, {objet.get_role_display().lower()} du lot {objet.lot.numero}"
        case Avenant():
            return f"l’avenant {objet.numero} du {date_longue(objet.date_notification)}"
        case Tranche():
            return f"la tranche {objet.numero}"
        case Commande():
            return f"le bon de commande {objet.reference}"
        case SousObjectif():
            return f"l’objectif «\u00a0{objet.intitule}\u00a0»"


_OBSTACLES: dict[type, Callable[..., str]] = {
    Operation: _operation,
    Marche: _marche,
    Lot: _lot,
    Titulaire: _titulaire,
    Avenant: _avenant,
    Tranche: lambda _: "",
    Commande: lambda _: "",
    SousObjectif: lambda _: "",
}
_EMPORTE: dict[type, Callable[..., list[str]]] = {
    Operation: lambda _: [],
    Marche: _emporte_marche,
    Lot: lambda _: [],
    Titulaire: _emporte_titulaire,
    Avenant: _emporte_avenant,
    Tranche: lambda tranche: [f"ses {heures(tranche.heures)}"],
    Commande: lambda commande: [
        f"son montant de {euros(commande.montant_ht_euros)} HT, et les heures qu’il fait devoir"
    ],
    SousObjectif: lambda _: [],
}
