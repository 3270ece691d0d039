"""Lire un enregistrement DECP, marché ou concession, dans l'une ou l'autre des deux formes publiées."""

from datetime import date
from typing import Final

from clauses.decp.entreprises import lire_groupement, lire_identite, lire_titulaires
from clauses.decp.marche import Consideration, IdentiteLue, MarcheLu
from clauses.decp.suites import lire_avenants, lire_sous_traitants
from clauses.decp.valeurs import (
    Carnet,
    Objet,
    Remarque,
    citer_en_tete,
    douter_du_futur,
    est_absent,
    est_vide,
    lire_cpv,
    lire_date,
    lire_duree,
    lire_montant,
    lire_texte,
    lire_texte_court,
    numeroter,
    plier,
)
from comptes.formats import INSECABLE

LONGUEUR_IDENTIFIANT: Final = 60
LONGUEUR_ACHETEUR: Final = 18
LONGUEUR_OBJET: Final = 1000
LONGUEUR_TECHNIQUE: Final = 120
LONGUEUR_LIEU: Final = 100

SANS_OBJET: Final = "sans objet"
TECHNIQUES: Final = {
    plier(mot): mot
    for mot in (
        "Accord-cadre",
        "Concours",
        "Système de qualification",
        "Système d’acquisition dynamique",
        "Catalogue électronique",
        "Enchère électronique",
        "Tranches",
        "Bons de commande",
        "Marchés subséquents",
    )
}
CONSIDERATIONS: Final = {plier(valeur): valeur for valeur in Consideration}
CCAG: Final = {
    plier("Travaux"): "travaux",
    plier("Maîtrise d’œuvre"): "moe",
    plier("Fournitures courantes et services"): "fcs",
    plier("Marchés industriels"): "mi",
    plier("Prestations intellectuelles"): "pi",
    plier("Techniques de l’information et de la communication"): "tic",
    plier("Pas de CCAG"): "aucun",
}
LIEUX: Final = {
    "code commune": "Commune INSEE",
    "code arrondissement": "Arrondissement INSEE",
    "code canton": "Canton INSEE",
    "code departement": "Département",
    "code region": "Région INSEE",
    "code pays": "Pays",
}


def lire_enregistrement(
    brut: object, *, rang: int, est_concession: bool, aujourd_hui: date
) -> tuple[MarcheLu | None, list[Remarque]]:
    """Rend le marché lu, ou None s'il ne peut pas être reconnu d'un import à l'autre, et les remarques."""
    carnet = Carnet(rang, aujourd_hui)
    if not isinstance(brut, dict):
        carnet.rejeter("", f"{citer_en_tete(brut)} à la place d’un marché.")
        return None, carnet.remarques
    concession = est_concession or "autoriteConcedante" in brut or plier(lire_texte(brut.get("_type"))) == "concession"
    identifiant = _lire_identifiant(carnet, brut.get("id"))
    acheteur = _lire_acheteur(carnet, brut, "autoriteConcedante" if concession else "acheteur")
    objet = lire_texte_court(carnet, "objet", brut.get("objet"), longueur=LONGUEUR_OBJET)
    if not objet and identifiant:
        carnet.douter("objet", f"L’objet manque{INSECABLE}: la référence en tient lieu.")
    if not identifiant or acheteur is None:
        return None, carnet.remarques
    return _lire_marche(carnet, brut, identifiant, acheteur, objet or identifiant, concession), carnet.remarques


def _lire_marche(
    carnet: Carnet, brut: Objet, identifiant: str, acheteur: IdentiteLue, objet: str, concession: bool
) -> MarcheLu:
    notification = (
        None
        if concession
        else lire_date(carnet, "dateNotification", brut.get("dateNotification"), nom="La date de notification")
    )
    douter_du_futur(carnet, "dateNotification", notification, nom="La date de notification")
    signature = execution = None
    if concession:
        signature = lire_date(carnet, "dateSignature", brut.get("dateSignature"), nom="La date de signature")
        execution = lire_date(carnet, "dateDebutExecution", brut.get("dateDebutExecution"), nom="La date de début")
    else:
        _remarquer_procedure(carnet, brut.get("procedure"))
    cle_montant = "valeurGlobale" if concession and "valeurGlobale" in brut else "montant"
    lieu, code_postal = _lire_lieu(carnet, brut.get("lieuExecution"), attendu=not concession)
    depart = notification or signature
    cle_titulaires, cle_titulaire = (
        ("concessionnaires", "concessionnaire") if concession else ("titulaires", "titulaire")
    )
    titulaires = lire_titulaires(carnet, cle_titulaires, brut.get(cle_titulaires), cle_titulaire)
    if not titulaires:
        carnet.douter(cle_titulaires, f"Aucun titulaire lisible{INSECABLE}: le lot sera créé sans titulaire.")
    return MarcheLu(
        rang=carnet.rang,
        identifiant=identifiant,
        acheteur=acheteur,
        objet=objet,
        est_concession=concession,
        considerations=_lire_considerations(carnet, brut.get("considerationsSociales")),
        titulaires=titulaires,
        groupement=lire_groupement(carnet, brut.get("typeGroupementOperateurs"), len(titulaires)),
        sous_traitants=lire_sous_traitants(carnet, brut, depart),
        avenants=lire_avenants(carnet, brut.get("modifications"), depart, concession),
        ccag="aucun" if concession else _lire_ccag(carnet, brut.get("ccag")),
        technique=_lire_technique(carnet, brut),
        code_cpv="" if concession else lire_cpv(carnet, "codeCPV", brut.get("codeCPV")),
        lieu=lieu,
        code_postal=code_postal,
        montant_ht_euros=lire_montant(carnet, cle_montant, brut.get(cle_montant)),
        duree_mois=lire_duree(carnet, "dureeMois", brut.get("dureeMois")),
        date_signature=signature,
        date_notification=notification,
        date_execution=execution,
        date_publication=lire_date(
            carnet, "datePublicationDonnees", brut.get("datePublicationDonnees"), nom="La publication", attendue=False
        ),
    )


def _lire_identifiant(carnet: Carnet, valeur: object) -> str:
    identifiant = lire_texte(valeur)
    if not identifiant:
        carnet.rejeter("id", f"L’identifiant du marché manque{INSECABLE}: rien ne le reconnaîtrait au prochain import.")
    elif len(identifiant) > LONGUEUR_IDENTIFIANT:
        carnet.rejeter(
            "id",
            f"L’identifiant compte {len(identifiant)} signes, {LONGUEUR_IDENTIFIANT} au plus (16 selon le schéma).",
        )
        return ""
    return identifiant


def _lire_acheteur(carnet: Carnet, brut: Objet, cle: str) -> IdentiteLue | None:
    valeur = brut.get(cle, brut.get("acheteur"))
    identite = lire_identite(carnet, cle, valeur, qui="l’acheteur", longueur=LONGUEUR_ACHETEUR)
    if identite is None:
        carnet.rejeter(cle, f"L’acheteur manque ou ne se lit pas{INSECABLE}: un marché se reconnaît à son acheteur.")
    return identite


def _lire_considerations(carnet: Carnet, valeur: object) -> tuple[Consideration, ...]:
    champ, lues = "considerationsSociales", []
    for _, element in numeroter(carnet, champ, valeur, "considerationSociale"):
        texte = lire_texte(element)
        # Le fichier consolidé écrit « Clause sociale, Critère social » d'un seul tenant.
        mots = [texte] if plier(texte) in CONSIDERATIONS else texte.split(",")
        for mot in mots:
            consideration = CONSIDERATIONS.get(plier(mot))
            if consideration is None:
                carnet.ecarter(champ, f"{citer_en_tete(element)} n’est pas une considération sociale connue.")
            elif consideration not in lues:
                lues.append(consideration)
    if not lues:
        carnet.douter(
            champ, f"Aucune considération sociale n’est publiée{INSECABLE}: le type de clause est à vérifier."
        )
    return tuple(lues)


def _lire_ccag(carnet: Carnet, valeur: object) -> str:
    if est_vide(valeur):
        carnet.douter("ccag", f"Le CCAG manque{INSECABLE}: «{INSECABLE}Pas de CCAG{INSECABLE}» est retenu.")
        return ""
    code = CCAG.get(plier(lire_texte(valeur)), "")
    if not code:
        carnet.ecarter("ccag", f"{citer_en_tete(valeur)} n’est pas un CCAG connu{INSECABLE}: laissé vide.")
    return code


def _lire_technique(carnet: Carnet, brut: Objet) -> str:
    mots: list[str] = []
    listes = (("techniques", "technique"), ("modalitesExecution", "modaliteExecution"))
    for champ, cle in listes:
        for _, element in numeroter(carnet, champ, brut.get(champ, brut.get(cle)), cle):
            plie = plier(lire_texte(element))
            if plie == SANS_OBJET:
                continue
            if plie not in TECHNIQUES:
                carnet.ecarter(champ, f"{citer_en_tete(element)} n’est pas une valeur connue.")
            elif TECHNIQUES[plie] not in mots:
                mots.append(TECHNIQUES[plie])
    texte = ", ".join([*mots[:1], *(mot[0].lower() + mot[1:] for mot in mots[1:])])
    if accord_cadre := lire_texte(brut.get("idAccordCadre")):
        texte = f"{texte} ({accord_cadre})" if texte else f"Accord-cadre {accord_cadre}"
    return lire_texte_court(carnet, "techniques", texte, longueur=LONGUEUR_TECHNIQUE)


def _remarquer_procedure(carnet: Carnet, valeur: object) -> None:
    """Étape ne garde pas la procédure ; son absence dit un enregistrement incomplet."""
    if est_vide(valeur):
        carnet.douter("procedure", f"La procédure manque{INSECABLE}: l’enregistrement est incomplet.")
    elif not isinstance(valeur, str):
        carnet.ecarter("procedure", f"{citer_en_tete(valeur)} à la place d’un texte.")


def _lire_lieu(carnet: Carnet, valeur: object, *, attendu: bool) -> tuple[str, str]:
    """Rend le lieu en mots et, s'il est donné, le code postal. Le fichier ne dit presque jamais le nom de la commune."""
    if not isinstance(valeur, dict) or est_vide(valeur.get("code")):
        if not est_absent(valeur) and not isinstance(valeur, dict):
            carnet.ecarter(
                "lieuExecution", f"{citer_en_tete(valeur)} à la place d’un objet{INSECABLE}: lieu laissé vide."
            )
        elif attendu:
            carnet.douter("lieuExecution", f"Le lieu d’exécution manque{INSECABLE}: la commune est à compléter.")
        return "", ""
    code, type_code = lire_texte(valeur.get("code")), plier(lire_texte(valeur.get("typeCode")))
    nom = lire_texte(valeur.get("nom"))[:LONGUEUR_LIEU]
    if type_code == "code postal" and len(code) == 5 and code.isdecimal():
        return nom or f"Code postal {code}", code
    return nom or f"{LIEUX.get(type_code, 'Lieu')} {code}"[:LONGUEUR_LIEU], ""
