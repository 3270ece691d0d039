"""Les rédactions livrées avec le produit : des modèles, que le juriste de l'acheteur adapte. Chacune dit d'où elle part.

Les délais et les montants y sont des champs : l'usage varie d'un acheteur à l'autre, et aucun texte ne les fixe.
"""

from typing import Final

from clauses.regles.clausier import ARTICLES_CCAG, SANS_CCAG, Redaction, Rubrique

_AVEC_CCAG: Final = frozenset(ARTICLES_CCAG) - {SANS_CCAG}
_SANS: Final = frozenset({SANS_CCAG})
_CCP: Final = "Code de la commande publique"
_L2112_2: Final = f"{_CCP}, L2112-2"
_CCAG: Final = "CCAG 2021, clause d’insertion sociale (20.1 ou 16.1)"
_A3: Final = "Alliance Villes Emploi, fiche A3 (2024)"
_USAGE: Final = "usage des facilitateurs, à confirmer"

REDACTIONS: Final = (
    Redaction(
        "objet-ccag",
        Rubrique.OBJET,
        "L’action d’insertion, par renvoi au CCAG",
        "Le titulaire réalise une action d’insertion qui permet l’accès ou le retour à l’emploi de personnes rencontrant des "
        "difficultés sociales ou professionnelles. Elle se met en œuvre dans les conditions prévues par {article_ccag}, que "
        "complètent les articles qui suivent.\n"
        "Cette action porte sur {operation}, lots concernés\u00a0: {lots}. C’est une condition d’exécution du marché, au sens de "
        "l’article L2112-2 du code de la commande publique\u00a0: le titulaire s’y engage en remettant son offre.",
        (_L2112_2, _CCAG),
        ccags=_AVEC_CCAG,
    ),
    Redaction(
        "objet-sans-ccag",
        Rubrique.OBJET,
        "L’action d’insertion, sans CCAG",
        "Le titulaire réalise une action d’insertion qui permet l’accès ou le retour à l’emploi de personnes rencontrant des "
        "difficultés sociales ou professionnelles. Elle porte sur {operation}, lots concernés\u00a0: {lots}.\n"
        "C’est une condition d’exécution du marché, au sens de l’article L2112-2 du code de la commande publique. Le marché ne "
        "renvoyant à aucun cahier des clauses administratives générales, les publics, les heures, le suivi et les pénalités sont "
        "entièrement fixés par les articles qui suivent.",
        (_L2112_2,),
        ccags=_SANS,
    ),
    Redaction(
        "publics-ccag",
        Rubrique.PUBLICS,
        "Publics éligibles, par renvoi au CCAG",
        "Les personnes éligibles sont celles que désigne {article_ccag}. Leur éligibilité est vérifiée avant l’embauche par le "
        "facilitateur, au vu de justificatifs qui ne sont remis qu’à lui\u00a0: le titulaire reçoit seulement sa réponse et la "
        "période pendant laquelle les heures comptent.",
        (_CCAG, _USAGE),
        ccags=_AVEC_CCAG,
    ),
    Redaction(
        "publics-sans-ccag",
        Rubrique.PUBLICS,
        "Publics éligibles, énumérés",
        "Sont éligibles les personnes en difficulté d’accès à l’emploi, notamment\u00a0: les personnes suivies par une structure "
        "de l’insertion par l’activité économique, une régie de quartier, un GEIQ, une entreprise adaptée ou un ESAT\u00a0; les "
        "demandeurs d’emploi de longue durée\u00a0; les allocataires de minima sociaux\u00a0; les bénéficiaires de l’obligation "
        "d’emploi (code du travail, L5212-13)\u00a0; les jeunes peu qualifiés\u00a0; les demandeurs d’emploi seniors\u00a0; les "
        "habitants des quartiers prioritaires\u00a0; et, sur avis motivé d’un organisme public de l’emploi ou de "
        "l’accompagnement, toute autre personne éloignée de l’emploi.\n"
        "Leur éligibilité est vérifiée avant l’embauche par le facilitateur, au vu de justificatifs qui ne sont remis qu’à lui.",
        ("liste du CCAG 2021, résumée, à vérifier sur Légifrance", _USAGE),
        ccags=_SANS,
    ),
    Redaction(
        "publics-duree",
        Rubrique.PUBLICS,
        "Durée de l’éligibilité",
        "La situation de la personne s’apprécie au jour de l’attribution du marché, pour cette opération. Ses heures comptent "
        "pendant 24\u00a0mois à partir de son embauche, quel que soit le nombre de ses contrats, même si sa situation change.",
        (_A3,),
    ),
    Redaction(
        "publics-qpv",
        Rubrique.PUBLICS,
        "Habitants des quartiers prioritaires (NPNRU)",
        "L’opération relevant du nouveau programme national de renouvellement urbain, une part des heures est réservée aux "
        "habitants des quartiers prioritaires de la politique de la ville\u00a0: au moins 5\u00a0% des heures travaillées pour les "
        "travaux et l’ingénierie, au moins 10\u00a0% pour la gestion urbaine de proximité. Ces heures se comptent à part.",
        ("charte nationale d’insertion 2014-2024 de l’ANRU",),
    ),
    Redaction(
        "heures-total",
        Rubrique.HEURES,
        "Heures dues, en un nombre",
        "Le titulaire réserve à l’action d’insertion au moins {heures} de travail, à réaliser pendant l’exécution du marché, d’une "
        "durée de {duree}. Les heures de ses cotraitants et de ses sous-traitants comptent pour lui. Il peut les confier à une ou "
        "plusieurs personnes et les répartir sur toute la durée.",
        (_CCAG, "guide de la direction des affaires juridiques\u00a0: une clause s’écrit en heures"),
    ),
    Redaction(
        "heures-lots",
        Rubrique.HEURES,
        "Heures dues, lot par lot",
        "L’action d’insertion porte sur les lots suivants\u00a0: {lots}. Le total de {heures} se partage entre eux au prorata de "
        "leur montant\u00a0; le nombre d’heures de chaque lot figure à l’acte d’engagement. Chaque titulaire répond de son lot.",
        (_CCAG, _USAGE),
    ),
    Redaction(
        "heures-commandes",
        Rubrique.HEURES,
        "Heures dues, accord-cadre à bons de commande",
        "Les heures dues suivent les montants commandés\u00a0: {heures} au moins pour chaque tranche de montant hors taxes fixée à "
        "l’acte d’engagement. L’acheteur et le facilitateur en arrêtent le compte à chaque date anniversaire.",
        ("clause type de l’IDRRIM pour un accord-cadre à bons de commande", _USAGE),
    ),
    Redaction(
        "heures-reprise",
        Rubrique.HEURES,
        "Heures dues, propreté avec reprise du personnel",
        "Quand le titulaire reprend le personnel en place, l’effort d’insertion porte sur les seules heures des agents nouvellement "
        "affectés au marché. Il en réserve au moins {heures} à l’action d’insertion.",
        ("Inser’Propreté, réponse H3",),
    ),
    Redaction(
        "heures-avenant",
        Rubrique.HEURES,
        "Heures dues après un avenant",
        "Un avenant qui change le montant du marché dit ce que deviennent les heures. S’il n’en dit rien, elles ne changent pas.",
        (_USAGE,),
    ),
    Redaction(
        "modes",
        Rubrique.MODES,
        "Comment faire les heures",
        "Le titulaire choisit comment réaliser l’action, et peut réunir plusieurs moyens\u00a0: l’embauche directe, en CDI, CDD ou "
        "alternance\u00a0; la mise à disposition de salariés par une entreprise de travail temporaire d’insertion, une association "
        "intermédiaire ou un GEIQ\u00a0; la sous-traitance ou la cotraitance à une entreprise d’insertion, un atelier et chantier "
        "d’insertion, une régie de quartier, une entreprise adaptée ou un ESAT.",
        (_CCAG, "GRAFIE, modes de réalisation d’une clause"),
    ),
    Redaction(
        "modes-globalisation",
        Rubrique.MODES,
        "Mettre en commun les heures de plusieurs marchés",
        "Un titulaire engagé sur plusieurs marchés peut demander à mettre en commun ses heures d’insertion, si elles gardent un lien "
        "avec l’objet de chacun. Une convention signée avec le facilitateur et les acheteurs dit alors quelles heures comptent où.",
        ("pratique de la globalisation par convention (ATOUT Clauses)", _USAGE),
    ),
    Redaction(
        "facilitateur",
        Rubrique.FACILITATEUR,
        "Le rôle du facilitateur",
        "{facilitateur} accompagne gratuitement les candidats et le titulaire\u00a0: renseigner sur les publics et les moyens, "
        "vérifier l’éligibilité des personnes, aider au recrutement, suivre les heures et en rendre compte à {acheteur}.\n"
        "Coordonnées\u00a0: {contact}.",
        (_CCAG,),
    ),
    Redaction(
        "suivi",
        Rubrique.SUIVI,
        "Déclarer les heures",
        "Le titulaire nomme un correspondant dès la notification du marché. Chaque mois, il déclare au facilitateur les heures faites "
        "par chaque personne, dans les {delai}\u00a0jours qui suivent la fin du mois. Il remet, sur demande et au facilitateur "
        "seulement, les contrats de travail, les relevés d’heures, et les factures ou attestations des structures employeuses.",
        (_CCAG, _USAGE),
    ),
    Redaction(
        "suivi-bilan",
        Rubrique.SUIVI,
        "Bilan et données personnelles",
        "Le facilitateur remet à {acheteur} un bilan en cours d’exécution et un bilan final\u00a0: heures dues, heures faites, nombre "
        "de personnes, modes d’exécution et suites de parcours. Ils ne nomment personne\u00a0; les comptes de moins de cinq "
        "personnes y sont masqués.",
        ("secret statistique", _USAGE),
    ),
    Redaction(
        "difficultes",
        Rubrique.DIFFICULTES,
        "Le titulaire rencontre une difficulté",
        "Le titulaire prévient sans attendre {acheteur} et le facilitateur de toute difficulté à tenir ses heures, et dit laquelle. "
        "Ils cherchent ensemble une solution. Quand la difficulté est réelle et établie, baisse d’activité ou absence de candidats "
        "malgré ses démarches, l’acheteur peut suspendre ou réduire l’engagement, par écrit.",
        (_CCAG, _USAGE),
    ),
    Redaction(
        "penalites-heures",
        Rubrique.PENALITES,
        "Pénalité pour des heures non faites",
        "Si, à la fin du marché, des heures manquent par le fait du titulaire, l’acheteur peut appliquer une pénalité de "
        "{penalite} par heure non faite, après une mise en demeure restée sans effet pendant {delai}\u00a0jours. Le facilitateur en "
        "donne le compte\u00a0; l’acheteur seul décide. Aucune pénalité n’est due si le titulaire prouve qu’aucun candidat ne lui a "
        "été proposé.",
        (_CCAG, _USAGE),
    ),
    Redaction(
        "penalites-documents",
        Rubrique.PENALITES,
        "Pénalité pour un document manquant",
        "Un document demandé et non remis {delai}\u00a0jours après un rappel écrit donne lieu à une pénalité de {penalite_document} par "
        "document.",
        (_CCAG, _USAGE),
    ),
    Redaction(
        "rc-information",
        Rubrique.CONSULTATION,
        "Informer les candidats de la clause",
        "Le marché comporte une clause d’insertion\u00a0: {heures} à réserver à des personnes éloignées de l’emploi, lots "
        "concernés\u00a0: {lots}. C’est une condition d’exécution\u00a0: une offre qui la refuse ou l’assortit de réserves n’est pas "
        "conforme. Les candidats peuvent se renseigner, gratuitement, auprès de {facilitateur}\u00a0: {contact}.",
        (_L2112_2,),
        piece="RC",
    ),
    Redaction(
        "rc-critere",
        Rubrique.CONSULTATION,
        "Noter l’offre d’insertion",
        "L’insertion compte pour {points}\u00a0points dans la note de l’offre. Sont appréciés, sur pièces\u00a0: les postes proposés et "
        "leur lien avec l’objet du marché, le tutorat, la formation, et les suites prévues pour les personnes. Le nombre d’heures "
        "exigé au marché n’est pas noté.",
        (f"{_CCP}, R2152-7", _USAGE),
        piece="RC",
    ),
    Redaction(
        "rc-reserve-siae",
        Rubrique.CONSULTATION,
        "Réserver aux structures d’insertion",
        "En application des articles L2113-13 et R2113-7 du code de la commande publique, les lots suivants sont réservés aux "
        "structures d’insertion par l’activité économique et aux structures équivalentes, quand la moitié au moins de leurs "
        "travailleurs sont défavorisés\u00a0: {lots}. Le candidat joint l’acte qui établit sa qualité.",
        (f"{_CCP}, L2113-13 et R2113-7",),
        piece="RC",
    ),
    Redaction(
        "rc-reserve-ea",
        Rubrique.CONSULTATION,
        "Réserver au secteur adapté et protégé",
        "En application des articles L2113-12 et R2113-7 du code de la commande publique, les lots suivants sont réservés aux "
        "entreprises adaptées, aux ESAT et aux structures équivalentes, quand la moitié au moins de leurs travailleurs sont en "
        "situation de handicap\u00a0: {lots}. Le candidat joint l’acte qui établit sa qualité.",
        (f"{_CCP}, L2113-12 et R2113-7",),
        piece="RC",
    ),
    Redaction(
        "ae-engagement",
        Rubrique.CONSULTATION,
        "Engagement du candidat",
        "Le candidat déclare avoir pris connaissance de la clause d’insertion du marché et s’engage, s’il est retenu, à réserver "
        "{heures} de travail à l’action d’insertion sur {operation}, et à prendre contact avec {facilitateur} dès la notification.",
        (_L2112_2,),
        piece="AE",
    ),
)
PAR_CODE: Final = {redaction.code: redaction for redaction in REDACTIONS}


def redactions_pour(ccag: str) -> tuple[Redaction, ...]:
    """Rend les rédactions qui s'emploient avec ce CCAG, dans l'ordre des rubriques."""
    ordre = list(Rubrique)
    return tuple(sorted((r for r in REDACTIONS if r.convient(ccag)), key=lambda r: ordre.index(r.rubrique)))
