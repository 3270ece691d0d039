"""« Pourquoi ? » : une décision mise en phrases, les mêmes à l'écran, dans le PDF et par l'API."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from clauses.regles.choix import LIBELLES_APPRECIATION, LIBELLES_POINT_DEPART, PointDepart
from clauses.regles.decision import Decision, Fait, Raison, Reponse
from clauses.regles.ouverture import RAISONS_QUI_IMPOSENT
from clauses.regles.renouvellement import quota_de
from comptes.formats import date_longue, enumeration, periode, quantite
from comptes.formats import heures as ecrire_heures

SOURCE_GENERALE = "fiche A3, partie II"
_PETITS_NOMBRES = ("aucun", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf")
_AUTRES_DATES = "Un PASS IAE ou un parcours PLIE n’entre pas dans ce calcul\u00a0: chacun a ses propres dates."
_AGREMENT_DU_MARCHE = (
    "Le marché donne aux contrats des SIAE la durée du PASS IAE\u00a0: sa date de fin est un fait donné ici, "
    "elle n’est pas calculée."
)

# Les raisons qui montrent qu'un paramètre a joué : sa rédaction se cite alors.
_PARAMETRES_DES_RAISONS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "embauche_anterieure": frozenset(
            {"clause_en_cours", "embauche_anterieure", "embauche_anterieure_admise", "embauche_anterieure_reexaminee"}
        ),
        "validation_prealable": frozenset({"validation_tardive"}),
        "renouvellement": frozenset({"renouvellement"}),
        "changement_entreprise": frozenset({"changement_entreprise"}),
        "changement_operation": frozenset({"fenetre_continue"}),
    }
)


@dataclass(frozen=True, slots=True)
class FaitExplique:
    """Une ligne de la liste des faits : le critère, puis sa pièce et son témoin."""

    terme: str
    detail: str


@dataclass(frozen=True, slots=True)
class Explication:
    """Le bloc « Pourquoi ? », dans l'ordre de lecture : réponse, introduction, faits, paragraphes, citations, source.

    `citations` : « CCAP, article 9.3 », et la phrase du marché, pour chaque paramètre dont la règle garde la rédaction.
    """

    reponse: str
    introduction: str
    faits: tuple[FaitExplique, ...]
    paragraphes: tuple[str, ...]
    source: str
    citations: tuple[FaitExplique, ...] = ()

    @property
    def texte(self) -> str:
        """Rend tout le bloc en texte simple, un paragraphe par ligne."""
        faits = [f"–\u00a0{fait.terme}\u00a0: {fait.detail}" for fait in self.faits]
        citations = [f"{c.terme}\u00a0: «\u00a0{c.detail}\u00a0»" for c in self.citations]
        return "\n".join(
            part
            for part in (self.reponse, self.introduction, *faits, *self.paragraphes, *citations, self.source)
            if part
        )


def rediger_explication(decision: Decision, *, operation: str, personne: str, est_apercu: bool = False) -> Explication:
    """Met la décision en phrases. `operation` : son nom ; `personne` : le nom à écrire (« La personne » si anonyme).

    `est_apercu` : la décision n'est pas encore prise ; ce qu'elle ferait se dit au conditionnel.
    Les critères y figurent : ce texte ne va qu'à qui peut les voir, jamais à une entreprise ni à un acheteur.
    """
    return Explication(
        reponse=_reponse(decision, operation),
        introduction=_introduction(decision, personne),
        faits=tuple(FaitExplique(_terme(fait), _detail(fait)) for fait in decision.faits),
        paragraphes=tuple(_paragraphes(decision, est_apercu)),
        source="Source\u00a0: " + "\u00a0; ".join(_sources(decision)) + ".",
        citations=tuple(_citations(decision)),
    )


def _reponse(decision: Decision, operation: str) -> str:
    match decision.reponse:
        case Reponse.NON_ELIGIBLE:
            return f"Non éligible sur {operation}"
        case Reponse.A_COMPLETER:
            return f"À compléter pour {operation}\u00a0: {enumeration(decision.manques)}"
    if decision.fenetre is None:
        return f"Éligible sur {operation}, la fenêtre s’ouvrira à {_ouverture_attendue(decision)}"
    if decision.fenetre.fin is None:
        if decision.parametres.heures_de_la_duree is not None:
            return f"Éligible sur {operation}, jusqu’à {ecrire_heures(quota_de(decision))} de travail"
        return f"Éligible sur {operation}, pour toute la durée de l’opération"
    return f"Éligible sur {operation} jusqu’au {date_longue(decision.fenetre.fin)} inclus"


def _introduction(decision: Decision, personne: str) -> str:
    if decision.jour_appreciation is None:
        quand = LIBELLES_APPRECIATION[decision.parametres.date_appreciation]
        return f"Le marché demande d’apprécier la situation {quand}\u00a0: cette date n’est pas encore connue."
    quand = LIBELLES_APPRECIATION[decision.parametres.date_appreciation]
    debut = f"Le marché demande d’apprécier la situation {quand}, le {date_longue(decision.jour_appreciation)}."
    if any(raison.fait in RAISONS_QUI_IMPOSENT for raison in decision.raisons):
        return debut
    nombre = len(decision.faits)
    if nombre == 0:
        return f"{debut} Ce jour-là, {personne} ne remplissait, pièce à l’appui, aucun critère de la liste."
    return f"{debut} Ce jour-là, {personne} remplissait {_compte(nombre)} de la liste\u00a0:"


def _paragraphes(decision: Decision, est_apercu: bool) -> list[str]:
    """Rend le calcul, ou ce qui manque, ou ce qui s'oppose ; puis ce qui n'entre pas dans le calcul."""
    if decision.reponse == Reponse.A_COMPLETER:
        demande = f"Pour répondre, il manque\u00a0: {enumeration(decision.manques)}."
        return [*_textes(decision.ecartees), demande, _AUTRES_DATES]
    if decision.reponse == Reponse.NON_ELIGIBLE:
        return [*_textes(_contraires(decision)), _ce_qui_changerait(decision), _AUTRES_DATES]
    deja_dites = {*decision.criteres, "fenetre_a_ouvrir"}
    particulieres = [raison.texte for raison in decision.raisons if raison.fait not in deja_dites]
    autres = _AUTRES_DATES if decision.dates.fin_pass is None else _AGREMENT_DU_MARCHE
    return [*particulieres, _calcul(decision, est_apercu), autres]


def _calcul(decision: Decision, est_apercu: bool) -> str:
    validee = "serait validée" if est_apercu else "a été validée"
    validation = f"Son éligibilité {validee} le {date_longue(decision.validee_le)}"
    embauche = decision.dates.embauche
    if embauche is not None and decision.validee_le < embauche:
        validation += f", avant son embauche du {date_longue(embauche)}"
    if decision.fenetre is None:
        duree = _duree(decision)
        depart = _ouverture_attendue(decision)
        compteront, fixera = ("compteraient", "fixerait") if est_apercu else ("compteront", "fixera")
        return f"{validation}. Ses heures {compteront} {duree} {_a_partir_de(depart)}, qui {fixera} le dernier jour."
    depart = LIBELLES_POINT_DEPART[decision.parametres.point_depart]
    if any(raison.fait == "fenetre_continue" for raison in decision.raisons):
        depart = "l’ouverture de la fenêtre en cours"
    elif decision.debut_impose is not None:
        depart = LIBELLES_POINT_DEPART[PointDepart.ATTRIBUTION]
    if decision.ouverture != decision.fenetre.debut:
        depart += f", le {date_longue(decision.ouverture)}"
    jours = periode(decision.fenetre.debut, decision.fenetre.fin)
    comptent = "compteraient" if est_apercu else "comptent"
    return f"{validation}. Ses heures {comptent} {_duree(decision)} {_a_partir_de(depart)}\u00a0: {jours}."


def _a_partir_de(depart: str) -> str:
    """Rend « à partir de l’embauche », « à partir du premier contrat »."""
    return f"à partir du {depart.removeprefix('le ')}" if depart.startswith("le ") else f"à partir de {depart}"


def _duree(decision: Decision) -> str:
    parametres = decision.parametres
    if (quota := quota_de(decision)) is not None:
        return f"jusqu’à {ecrire_heures(quota)} de travail"
    propres = {c.type_contrat for c in decision.contrats if parametres.duree_de(c.type_contrat) is not None}
    if propres:
        return "le temps que le marché donne à ce type de contrat"
    ajoutes = sum(prolongation.mois or 0 for prolongation in decision.prolongations)
    if any(prolongation.mois is None for prolongation in decision.prolongations):
        return "pour sa durée et celle de son renouvellement"
    mois = parametres.duree_mois
    return "pendant toute l’opération" if mois is None else f"pendant {quantite(mois + ajoutes, 'mois')}"


def _ouverture_attendue(decision: Decision) -> str:
    if decision.parametres.point_depart == PointDepart.PREMIERE_HEURE:
        return "la première heure sur l’opération"
    return "l’embauche"


def _contraires(decision: Decision) -> tuple[Raison, ...]:
    return tuple(raison for raison in decision.raisons if raison.fait not in decision.criteres)


def _ce_qui_changerait(decision: Decision) -> str:
    codes = {raison.fait for raison in decision.raisons}
    if "embauche_anterieure" in codes:
        return "Un nouveau contrat, conclu après la notification du marché, permettrait un nouvel examen."
    if "fenetre_fermee" in codes:
        return "Seule une règle de marché plus longue, ou une autre opération, permettrait de compter des heures."
    if "changement_entreprise" in codes:
        return "Une nouvelle décision, prise maintenant, permettrait de la placer dans cette entreprise."
    if "contrat_fini" in codes:
        return "Un contrat qui court après l’ouverture de la fenêtre changerait la réponse. Vérifiez les dates."
    if "operation_finie" in codes:
        return "Si l’opération est prolongée, corrigez sa date de fin puis décidez à nouveau."
    return (
        "Une autre situation de la liste du marché, vraie ce jour-là et prouvée par une pièce, changerait la réponse."
    )


def _citations(decision: Decision) -> list[FaitExplique]:
    """La rédaction du marché pour les paramètres qui ont joué : la durée, les critères, et ceux que nomment les raisons."""
    parametres, codes = decision.parametres, {raison.fait for raison in decision.raisons}
    joues = {"duree_mois": True, "point_depart": True, "criteres": bool(decision.faits or decision.ecartees)}
    joues["date_appreciation"] = decision.jour_appreciation is not None
    for parametre, faits in _PARAMETRES_DES_RAISONS.items():
        joues[parametre] = bool(codes & faits)
    return [
        FaitExplique(parametres.article_de(parametre), parametres.textes[parametre])
        for parametre, a_joue in joues.items()
        if a_joue and parametres.textes.get(parametre)
    ]


def _terme(fait: Fait) -> str:
    return fait.libelle


def _detail(fait: Fait) -> str:
    """Rend « Les Terrasses, attestation RSA du 6 janvier 2026, vue le 9 janvier 2026 par Claire Morel »."""
    piece = fait.piece
    if fait.date_piece is not None:
        piece += f" du {date_longue(fait.date_piece)}"
    vue = f"pièce vue le {date_longue(fait.vue_le)}" if fait.vue_le is not None else ""
    if vue and fait.vue_par:
        vue += f" par {fait.vue_par}"
    return ", ".join(part for part in (fait.precision, piece, vue) if part)


def _compte(nombre: int) -> str:
    ecrit = _PETITS_NOMBRES[nombre] if nombre < len(_PETITS_NOMBRES) else str(nombre)
    return f"{ecrit} critère" + ("s" if nombre > 1 else "")


def _textes(raisons: tuple[Raison, ...]) -> list[str]:
    return [raison.texte for raison in raisons]


def _sources(decision: Decision) -> list[str]:
    articles = [raison.article for raison in (*decision.raisons, *decision.ecartees) if raison.article]
    return list(dict.fromkeys([*articles, decision.parametres.article_de("duree_mois"), SOURCE_GENERALE]))
