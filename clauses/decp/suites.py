"""Lire ce qui suit la notification d'un marché : ses avenants et ses actes de sous-traitance."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from clauses.decp.entreprises import lire_identite, lire_titulaires
from clauses.decp.marche import AvenantLu, IdentiteLue, SousTraitantLu
from clauses.decp.valeurs import (
    Carnet,
    Objet,
    citer,
    citer_en_tete,
    deplier,
    douter_du_futur,
    est_absent,
    lire_date,
    lire_duree,
    lire_montant,
    lire_nombre,
    lire_texte,
    numeroter,
)
from comptes.formats import INSECABLE, date_longue, quantite

NUMERO_MAXIMUM: Final = 9999


def lire_avenants(carnet: Carnet, valeur: object, depart: date | None, concession: bool) -> tuple[AvenantLu, ...]:
    """Rend les avenants datés, dans l'ordre du fichier. `depart` : la notification du marché."""
    lus: dict[int, AvenantLu] = {}
    for position, element in numeroter(carnet, "modifications", valeur, "modification"):
        champ = f"modifications[{position}]"
        if not isinstance(element, dict):
            carnet.ecarter(champ, f"{citer_en_tete(element)} à la place d’une modification.")
            continue
        numero = _lire_numero(carnet, champ, element.get("id"), position, lus)
        jour = _lire_date_avenant(carnet, champ, element, concession)
        if jour is None:
            carnet.ecarter(champ, f"L’avenant {numero} n’a pas de date{INSECABLE}: écarté.")
            continue
        lus[numero] = _lire_avenant(carnet, champ, element, numero, jour, depart)
    return tuple(lus.values())


def _lire_avenant(carnet: Carnet, champ: str, brut: Objet, numero: int, jour: date, depart: date | None) -> AvenantLu:
    nom = f"L’avenant {numero}"
    a_venir = douter_du_futur(carnet, champ, jour, nom=nom)
    precede = depart is not None and jour < depart
    if precede and depart is not None:
        carnet.douter(
            champ,
            f"{nom}, du {date_longue(jour)}, précède le marché, du {date_longue(depart)}{INSECABLE}: gardé, à vérifier.",
        )
    montant = brut.get("montant", brut.get("valeurGlobale"))
    duree = brut.get("dureeMois")
    du = f"de l’avenant {numero}"
    titulaires = lire_titulaires(carnet, f"{champ}.titulaires", brut.get("titulaires"), "titulaire")
    return AvenantLu(
        numero=numero,
        date_notification=jour,
        montant_ht_euros=None if est_absent(montant) else lire_montant(carnet, f"{champ}.montant", montant, du=du),
        duree_mois=None if est_absent(duree) else lire_duree(carnet, f"{champ}.dureeMois", duree, du=du),
        titulaires=titulaires,
        est_sur=not (a_venir or precede),
    )


def _lire_numero(carnet: Carnet, champ: str, valeur: object, position: int, pris: Mapping[int, AvenantLu]) -> int:
    lu = lire_nombre(valeur)
    if lu is not None and 1 <= lu <= NUMERO_MAXIMUM and lu == int(lu) and int(lu) not in pris:
        return int(lu)
    numero = position if position not in pris else max(pris) + 1
    recu = "manque" if est_absent(valeur) else f"{citer(valeur)} ne convient pas"
    carnet.douter(f"{champ}.id", f"Le numéro d’avenant {recu}{INSECABLE}: numéro {numero} retenu.")
    return numero


def _lire_date_avenant(carnet: Carnet, champ: str, brut: Objet, concession: bool) -> date | None:
    cle = "dateSignatureModification" if concession else "dateNotificationModification"
    jour = lire_date(carnet, f"{champ}.{cle}", brut.get(cle), nom="La date de notification", attendue=False)
    if jour is not None:
        return jour
    publication = "datePublicationDonneesModification"
    jour = lire_date(carnet, f"{champ}.{publication}", brut.get(publication), nom="La publication", attendue=False)
    if jour is not None:
        carnet.douter(champ, f"Date de notification absente{INSECABLE}: celle de la publication en tient lieu.")
    return jour


def lire_sous_traitants(carnet: Carnet, brut: Objet, depart: date | None) -> tuple[SousTraitantLu, ...]:
    """Rend les actes qui nomment un sous-traitant ; leurs modifications sont dites, et laissées."""
    lus: dict[str, SousTraitantLu] = {}
    for position, element in numeroter(
        carnet, "actesSousTraitance", brut.get("actesSousTraitance"), "acteSousTraitance"
    ):
        champ = f"actesSousTraitance[{position}]"
        if not isinstance(element, dict):
            carnet.ecarter(champ, f"{citer_en_tete(element)} à la place d’un acte de sous-traitance.")
            continue
        source = element.get("sousTraitant")
        if est_absent(source):
            carnet.ecarter(champ, f"L’acte ne nomme pas de sous-traitant{INSECABLE}: écarté.")
            continue
        entreprise = lire_identite(carnet, f"{champ}.sousTraitant", source, qui="ce sous-traitant")
        if entreprise is None:
            continue
        acte = _lire_acte(carnet, champ, element, entreprise, depart)
        if acte.cle in lus:
            carnet.ecarter(champ, f"L’acte {citer(lire_texte(element.get('id')))} est écrit deux fois.")
        lus.setdefault(acte.cle, acte)
    modifies = len(deplier(brut.get("modificationsActesSousTraitance"), "modificationActeSousTraitance"))
    if modifies:
        carnet.ecarter(
            "modificationsActesSousTraitance",
            f"{quantite(modifies, 'modification')} de sous-traitance{INSECABLE}: "
            "Étape ne garde ni le montant ni la durée d’un acte de sous-traitance.",
        )
    return tuple(lus.values())


def _lire_acte(carnet: Carnet, champ: str, brut: Objet, entreprise: IdentiteLue, depart: date | None) -> SousTraitantLu:
    numero = lire_texte(brut.get("id"))[:20]
    jour = lire_date(
        carnet, f"{champ}.dateNotification", brut.get("dateNotification"), nom="La date de l’acte", attendue=False
    )
    douter_du_futur(carnet, f"{champ}.dateNotification", jour, nom="L’acte de sous-traitance")
    if depart is not None and jour is not None and jour < depart:
        carnet.douter(
            f"{champ}.dateNotification",
            f"L’acte de sous-traitance, du {date_longue(jour)}, précède le marché, du {date_longue(depart)}.",
        )
    montant, duree = brut.get("montant"), brut.get("dureeMois")
    du = "de la sous-traitance"
    return SousTraitantLu(
        cle=f"acte:{numero or entreprise.identifiant}",
        entreprise=entreprise,
        montant_ht_euros=None if est_absent(montant) else lire_montant(carnet, f"{champ}.montant", montant, du=du),
        duree_mois=None if est_absent(duree) else lire_duree(carnet, f"{champ}.dureeMois", duree, du=du),
        date_notification=jour,
    )
