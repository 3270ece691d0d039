"""Ce qui change d'une règle à une autre, et l'histoire d'une règle : qui, quand, quoi."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from clauses.models import Eligibilite, Marche, RegleClause
from clauses.regles.lecture import ChangementRegle, comparer
from comptes.formats import euros, heures, quantite

NOMS_DES_SECTIONS = {
    "comptage": "Ce que comptent les heures",
    "heures_dues": "Heures dues",
    "penalites": "Pénalités",
    "statuts": "Le jour qui fait foi",
    "controles": "Contrôles",
    "documents": "Documents dus",
    "citations": "Articles du marché",
}


@dataclass(frozen=True)
class VersionRegle:
    """Une version de la règle : qui l'a écrite, quand, ce qu'elle change, et combien de décisions l'ont appliquée."""

    regle: RegleClause
    quand: datetime
    auteur: str
    changements: list[ChangementRegle]
    decisions: int


def histoire_de(marche: Marche) -> list[VersionRegle]:
    """Rend les versions de la règle d'un marché, la dernière d'abord. Deux requêtes."""
    regles = list(marche.regles.select_related("cree_par", "marche").order_by("version"))
    decisions = dict(
        Eligibilite.objects.filter(regle__in=regles).values_list("regle").annotate(n=Count("pk")).order_by()
    )
    precedentes = [None, *regles][: len(regles)]  # un marché repris des DECP peut n’avoir encore aucune règle
    versions = [
        VersionRegle(
            regle=regle,
            quand=regle.cree_le,
            auteur=regle.cree_par.get_full_name() if regle.cree_par else "",
            changements=changements(precedente, regle) if precedente else [],
            decisions=decisions.get(regle.pk, 0),
        )
        for precedente, regle in zip(precedentes, regles, strict=True)
    ]
    return versions[::-1]


def changements(avant: RegleClause, apres: RegleClause) -> list[ChangementRegle]:
    """Rend ce qui change : l'éligibilité ligne par ligne, les autres colonnes, puis le nom des autres sections."""
    trouves = comparer(avant.parametres, apres.parametres)
    for nom, valeur_avant, valeur_apres in zip(_COLONNES, _lire(avant), _lire(apres), strict=True):
        if valeur_avant != valeur_apres:
            trouves.append(ChangementRegle(nom, valeur_avant, valeur_apres))
    trouves += [
        ChangementRegle(nom, "", "modifié")
        for section, nom in NOMS_DES_SECTIONS.items()
        if (avant.options.get(section) or {}) != (apres.options.get(section) or {})
    ]
    return trouves


_COLONNES = ("Heures d’un ETP", "Plafond par mois", "Pénalité par heure", "Mise en demeure", "Texte de l’article")


def _lire(regle: RegleClause) -> tuple[str, ...]:
    penalite, demeure = regle.penalite_euros_par_heure, regle.mise_en_demeure_jours
    return (
        heures(regle.diviseur_etp),
        heures(regle.plafond_mensuel_heures),
        "aucune" if penalite is None else euros(penalite),
        "aucune" if demeure is None else quantite(demeure, "jour"),
        "recopié" if regle.texte else "absent",
    )
