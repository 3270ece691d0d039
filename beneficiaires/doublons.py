"""Les presque-doublons : la base propose au plus vingt personnes, `comparer` les note et dit pourquoi. Une personne tranche.

`comparer` est une fonction pure. Seule `chercher_doublons` lit la base.
"""

import re
from dataclasses import dataclass
from datetime import date
from itertools import product

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Greatest, Lower
from rapidfuzz import fuzz

from beneficiaires.ecritures import simplifier
from beneficiaires.models import Beneficiaire, Orientation, SansAccent
from beneficiaires.regles import normaliser_identifiant_france_travail, normaliser_telephone
from comptes.formats import telephone as ecrire_telephone
from comptes.models import Organisation

CANDIDATS_MAXIMUM = 20
# Sur 100. Le nom pèse 60 ; sans autre point commun, seul un nom presque identique (92 et plus) atteint le seuil.
SEUIL = 55
NOM_MINIMUM = 60
NOM_PROCHE = 80
POIDS_DU_NOM = 0.6
POIDS_DE_LA_DATE = {"meme": 40, "inversee": 32, "proche": 25, "autre": 0}
POIDS_DU_TELEPHONE = 30


@dataclass(frozen=True, slots=True)
class Identite:
    """Ce qui sert à reconnaître quelqu'un ; un texte vide veut dire « inconnu »."""

    prenom: str
    nom_naissance: str
    date_naissance: date
    nom_usage: str = ""
    identifiant_france_travail: str = ""
    telephone: str = ""

    @classmethod
    def de(cls, fiche: Beneficiaire | Orientation) -> "Identite":
        return cls(
            fiche.prenom,
            fiche.nom_naissance,
            fiche.date_naissance,
            fiche.nom_usage,
            fiche.identifiant_france_travail,
            fiche.telephone,
        )

    @property
    def noms(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(nom for nom in (self.nom_naissance, self.nom_usage) if nom))


@dataclass(frozen=True, slots=True)
class Ressemblance:
    """Un score de 0 à 100, ce qui se ressemble, et si cela mérite d'être montré avant d'enregistrer."""

    score: int
    raisons: tuple[str, ...]
    est_a_montrer: bool

    @property
    def phrase(self) -> str:
        """« même date de naissance, nom proche »."""
        return ", ".join(self.raisons)


@dataclass(frozen=True, slots=True)
class Doublon:
    """Une personne déjà suivie qui ressemble à celle que l'on saisit."""

    beneficiaire: Beneficiaire
    ressemblance: Ressemblance


def comparer(saisie: Identite, connue: Identite) -> Ressemblance:
    """Note la ressemblance de deux identités : noms (accents, casse, traits d'union, nom d'usage, nom et prénom inversés),
    date de naissance (jour et mois inversés, un chiffre faux), identifiant France Travail, téléphone.

    Un même identifiant suffit. Sinon il faut des noms ressemblants à 60 % au moins, et un score de 55.
    """
    nom, raison_nom = _comparer_noms(saisie, connue)
    parente, raison_date = _comparer_dates(saisie.date_naissance, connue.date_naissance)
    meme_identifiant = _pareils(
        *(normaliser_identifiant_france_travail(i.identifiant_france_travail) for i in (saisie, connue))
    )
    meme_telephone = _pareils(*(normaliser_telephone(i.telephone) for i in (saisie, connue)))
    score = POIDS_DU_NOM * nom + POIDS_DE_LA_DATE[parente] + (POIDS_DU_TELEPHONE if meme_telephone else 0)
    raisons = (
        "même identifiant France Travail" if meme_identifiant else "",
        raison_date,
        raison_nom,
        "même téléphone" if meme_telephone else "",
    )
    return Ressemblance(
        score=100 if meme_identifiant else min(100, round(score)),
        raisons=tuple(raison for raison in raisons if raison),
        est_a_montrer=meme_identifiant or (nom >= NOM_MINIMUM and score >= SEUIL),
    )


def _pareils(un: str, autre: str) -> bool:
    return bool(un) and un == autre


def _comparer_noms(saisie: Identite, connue: Identite) -> tuple[float, str]:
    """Rend la ressemblance des noms (0 à 100), la meilleure entre noms de naissance et d'usage, et ses mots."""
    prenoms = (simplifier(saisie.prenom), simplifier(connue.prenom))
    prenom = fuzz.token_set_ratio(*prenoms)
    noms = [
        (fuzz.token_set_ratio(simplifier(a), simplifier(b)), a != saisie.nom_naissance or b != connue.nom_naissance)
        for a, b in product(saisie.noms, connue.noms)
    ]
    nom, par_nom_usage = max(noms, key=lambda paire: (paire[0], not paire[1]))
    inverse, moyenne = _comparer_inverses(saisie, connue), (nom + prenom) / 2
    if inverse > moyenne:
        return inverse, "nom et prénom inversés" if inverse >= NOM_PROCHE else ""
    if moyenne < NOM_MINIMUM:
        return moyenne, ""
    if nom == 100 and prenom < NOM_PROCHE:
        return moyenne, "même nom de famille"
    if par_nom_usage and nom >= NOM_PROCHE:
        return moyenne, "nom de naissance ou d’usage commun"
    if moyenne == 100:
        return moyenne, "même nom"
    return moyenne, "nom proche" if moyenne >= NOM_PROCHE else "nom un peu ressemblant"


def _comparer_inverses(saisie: Identite, connue: Identite) -> float:
    """Rend la ressemblance quand l'une des fiches a mis le prénom à la place du nom."""
    return max(
        (
            fuzz.ratio(simplifier(nom), simplifier(connue.prenom))
            + fuzz.ratio(simplifier(saisie.prenom), simplifier(autre))
        )
        / 2
        for nom, autre in product(saisie.noms, connue.noms)
    )


def _comparer_dates(une: date, autre: date) -> tuple[str, str]:
    """Rend la parenté des deux dates (« meme », « inversee », « proche », « autre ») et ses mots."""
    if une == autre:
        return "meme", "même date de naissance"
    if une.year == autre.year and (une.day, une.month) == (autre.month, autre.day):
        return "inversee", "jour et mois de naissance inversés"
    ecarts = sum(a != b for a, b in zip(f"{une:%d%m%Y}", f"{autre:%d%m%Y}", strict=True))
    return ("proche", "date de naissance à un chiffre près") if ecarts == 1 else ("autre", "")


def chercher_doublons(*, structure: Organisation, identite: Identite) -> list[Doublon]:
    """Rend les personnes de la structure qui ressemblent à cette identité, la plus ressemblante d'abord."""
    doublons = [
        Doublon(fiche, ressemblance)
        for fiche in _candidats(structure, identite)
        if (ressemblance := comparer(identite, Identite.de(fiche))).est_a_montrer
    ]
    return sorted(doublons, key=lambda doublon: -doublon.ressemblance.score)


def _candidats(structure: Organisation, identite: Identite) -> list[Beneficiaire]:
    """Les vingt fiches les plus proches : même naissance, identifiant ou téléphone d'abord, puis les noms par trigrammes."""
    exact = Q(date_naissance__in=_dates_possibles(identite.date_naissance))
    if identifiant := normaliser_identifiant_france_travail(identite.identifiant_france_travail):
        exact |= Q(identifiant_france_travail=identifiant)
    if numero := normaliser_telephone(identite.telephone):
        exact |= Q(telephone__in={identite.telephone, numero, ecrire_telephone(numero), _avec_espaces(numero)})
    cles = [SansAccent(Lower(Value(f"{nom} {identite.prenom}"))) for nom in identite.noms]
    noms = Q()
    proximites = []
    for cle in cles:
        # Le mot à mot retrouve « Benali Assia » dans « Martin Benali Assia » (nom d'usage que l'on ne connaissait pas).
        noms |= Q(cle_recherche__trigram_word_similar=cle) | Q(cle_recherche__trigram_similar=cle)
        proximites += [TrigramWordSimilarity(cle, "cle_recherche"), TrigramSimilarity("cle_recherche", cle)]
    return list(
        Beneficiaire.objects.filter(Q(structure=structure) & (exact | noms))
        .annotate(
            rang_exact=Case(When(exact, then=0), default=1, output_field=IntegerField()),
            proximite=Greatest(*proximites),
        )
        .select_related("prescripteur", "referent")
        .order_by("rang_exact", F("proximite").desc(), "id")[:CANDIDATS_MAXIMUM]
    )


def _dates_possibles(naissance: date) -> set[date]:
    """La date, et la même avec jour et mois inversés quand elle existe."""
    dates = {naissance}
    if naissance.day <= 12:
        dates.add(date(naissance.year, naissance.day, naissance.month))
    return dates


def _avec_espaces(numero: str) -> str:
    return " ".join(re.findall(r"..?", numero))
