"""La frise des étapes d'un parcours : une rangée par sorte d'étape, et celles qu'en montre la frise d'une personne."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from beneficiaires.periodes import Periode, ajouter_mois, lendemain
from comptes.formats import date_courte, heures, quantite
from parcours.lectures_chemin import EtapeDuJour, ParcoursDuJour
from parcours.models import TypeEtape
from parcours.regles.chemin import EtatEtape
from reporting.frises import Frise, LigneFrise
from reporting.graphiques import LEGENDE_DES_ETAPES, Barre, Rangee, frise, legende, tient

MARGE_MOIS = 2


def frise_des_etapes(lu: ParcoursDuJour, aujourd_hui: date) -> Frise | None:
    """La frise, sa légende et son tableau ; None tant que le parcours n'a pas d'étape. Une étape sautée n'est qu'au tableau."""
    if not lu.etapes:
        return None
    dessinees = [etape for etape in lu.etapes if etape.etat != EtatEtape.SAUTEE]
    bornes = _bornes(lu, dessinees, aujourd_hui)
    rangees = list(rangees_des_etapes(dessinees, aujourd_hui, bornes))
    dessin = frise(
        rangees,
        debut=bornes.debut,
        fin=bornes.fin,
        aujourd_hui=aujourd_hui,
        conclusion=f"Frise de {quantite(len(dessinees), 'étape')}. La liste et le tableau qui suivent donnent les mêmes dates.",
    )
    lignes = [ligne_de_l_etape(etape) for etape in lu.etapes]
    return Frise(dessin, legende(rangees, LEGENDE_DES_ETAPES), lignes, bornes.contient(aujourd_hui))


def rangees_des_etapes(etapes: Sequence[EtapeDuJour], aujourd_hui: date, bornes: Periode) -> Iterator[Rangee]:
    """Une rangée par sorte d'étape, dans l'ordre de sa première ; deux barres d'une rangée ne se recouvrent jamais."""
    for type_etape in dict.fromkeys(etape.etape.type_etape for etape in etapes):
        lignes: list[list[EtapeDuJour]] = []
        for etape in (e for e in etapes if e.etape.type_etape == type_etape):
            libre = next((li for li in lignes if (li[-1].periode.fin or bornes.fin) < etape.periode.debut), None)
            if libre is None:
                lignes.append([etape])
            else:
                libre.append(etape)
        for rang, ligne in enumerate(lignes):
            barres = tuple(barre for etape in ligne for barre in _barres(etape, aujourd_hui, bornes))
            fin = ligne[-1].periode.fin
            yield Rangee(
                "" if rang else ligne[0].nom,
                barres,
                date_courte(fin) if fin else "sans fin",
                sous="en même temps" if rang else "",
            )


def _barres(etape: EtapeDuJour, aujourd_hui: date, bornes: Periode) -> list[Barre]:
    """La part faite et celle qui reste ; le mot va dans la plus longue, s'il y tient."""
    debut, fin = etape.periode.debut, etape.periode.fin or bornes.fin
    aspect = {TypeEtape.CONTRAT_CLAUSE: "clause", TypeEtape.SUSPENSION: "suspendu"}.get(etape.etape.type_etape, "etape")
    if aspect == "suspendu":
        return [Barre(debut, fin, aspect, "suspendu")]
    parts = []
    if debut <= aujourd_hui:
        parts.append((debut, min(fin, aujourd_hui), aspect))
    if fin > aujourd_hui:
        parts.append((max(debut, lendemain(aujourd_hui)), fin, f"{aspect}_avenir"))
    barres = [Barre(d, f, sorte, _mot(etape)) for d, f, sorte in parts]
    longue = max(barres, key=lambda b: b.fin - b.debut)
    garde = longue if tient(longue, bornes.debut, bornes.fin) else None
    return [barre if barre is garde else replace(barre, texte="") for barre in barres]


def _mot(etape: EtapeDuJour) -> str:
    return etape.precision or etape.libelle_etat


def ligne_de_l_etape(etape: EtapeDuJour) -> LigneFrise:
    """La même étape au tableau, avec son état, ses heures, et pourquoi elle s'est arrêtée."""
    mots = [etape.libelle_etat]
    if etape.etape.contrat_id:
        mots.append(f"{heures(etape.validees)} validées")
    if etape.etape.motif:
        mots.append(etape.etape.motif)
    nom = f"{etape.nom}, {etape.precision}" if etape.precision else etape.nom
    return LigneFrise(nom, etape.periode.debut, etape.periode.fin, ", ".join(mots))


def _bornes(lu: ParcoursDuJour, etapes: Sequence[EtapeDuJour], aujourd_hui: date) -> Periode:
    jours = [
        lu.parcours.date_debut,
        lu.parcours.date_fin or aujourd_hui,
        aujourd_hui if lu.parcours.est_ouvert else None,
    ]
    jours += [jour for etape in etapes for jour in (etape.periode.debut, etape.periode.fin)]
    connus = [jour for jour in jours if jour is not None]
    return Periode(min(connus), ajouter_mois(max(connus), MARGE_MOIS))
