"""Lire un enregistrement DECP, marché ou concession, dans l'une ou l'autre des deux formes publiées."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from clauses.decp.marche import SIRET, AvenantLu, Consideration, IdentiteLue, MarcheLu, SousTraitantLu
from clauses.decp.valeurs import (
    Carnet,
    Remarque,
    citer,
    citer_en_tete,
    deplier,
    douter_du_futur,
    est_absent,
    est_vide,
    lire_cpv,
    lire_date,
    lire_duree,
    lire_montant,
    lire_nombre,
    lire_texte,
    lire_texte_court,
    plier,
)
from comptes.formats import INSECABLE, date_longue, nombre, quantite
from comptes.regles import controler_siret

LONGUEUR_IDENTIFIANT: Final = 60
LONGUEUR_ACHETEUR: Final = 18
LONGUEUR_ENTREPRISE: Final = 40
LONGUEUR_NOM: Final = 160
LONGUEUR_OBJET: Final = 1000
LONGUEUR_TECHNIQUE: Final = 120
LONGUEUR_LIEU: Final = 100
ELEMENTS_MAXIMUM: Final = 100
NUMERO_MAXIMUM: Final = 9999

TYPES_IDENTIFIANT: Final = ("SIRET", "TVA", "TAHITI", "RIDET", "FRWF", "IREP", "HORS-UE")
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
GROUPEMENTS: Final = {"conjoint": True, "solidaire": True, "pas de groupement": False}
LIEUX: Final = {
    "code commune": "Commune INSEE",
    "code arrondissement": "Arrondissement INSEE",
    "code canton": "Canton INSEE",
    "code departement": "Département",
    "code region": "Région INSEE",
    "code pays": "Pays",
}

Objet = Mapping[str, object]


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
    titulaires = _lire_titulaires(carnet, cle_titulaires, brut.get(cle_titulaires), cle_titulaire)
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
        groupement=_lire_groupement(carnet, brut.get("typeGroupementOperateurs"), len(titulaires)),
        sous_traitants=_lire_sous_traitants(carnet, brut, depart),
        avenants=_lire_avenants(carnet, brut.get("modifications"), depart, concession),
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
    identite = _lire_identite(carnet, cle, valeur, qui="l’acheteur", longueur=LONGUEUR_ACHETEUR)
    if identite is None:
        carnet.rejeter(cle, f"L’acheteur manque ou ne se lit pas{INSECABLE}: un marché se reconnaît à son acheteur.")
    return identite


def _lire_identite(
    carnet: Carnet, champ: str, valeur: object, *, qui: str, longueur: int = LONGUEUR_ENTREPRISE
) -> IdentiteLue | None:
    """Rend l'identité. Un SIRET faux est gardé comme un texte : il reconnaît, mais ne s'enregistre pas."""
    source: Objet = valeur if isinstance(valeur, dict) else {}
    brut = source.get("id") if isinstance(valeur, dict) else valeur
    identifiant = lire_texte(brut).replace(" ", "")
    if isinstance(brut, int | Decimal) and controler_siret(identifiant.zfill(14)) is None:
        identifiant = identifiant.zfill(14)  # un SIRET écrit en nombre a perdu ses zéros de tête
    if not isinstance(valeur, dict) and not identifiant.isdecimal():
        if not est_absent(valeur):
            carnet.ecarter(champ, f"{citer_en_tete(valeur)} à la place d’un objet{INSECABLE}: {qui} est écarté.")
        return None
    if not identifiant or len(identifiant) > longueur:
        recu = citer(brut) if identifiant else "vide"
        carnet.ecarter(f"{champ}.id", f"L’identifiant est {recu}{INSECABLE}: {qui} est écarté.")
        return None
    nom = lire_texte(source.get("nom")) or lire_texte(source.get("denominationSociale"))
    type_lu = _lire_type_identifiant(carnet, champ, source.get("typeIdentifiant"))
    if type_lu != SIRET:
        carnet.douter(
            f"{champ}.id",
            f"Identifiant {type_lu} {citer(identifiant)}, et non un SIRET{INSECABLE}: gardé dans le nom.",
        )
        return IdentiteLue(identifiant, type_lu, nom=nom[:LONGUEUR_NOM])
    est_siret = _controler_siret(carnet, f"{champ}.id", identifiant)
    return IdentiteLue(identifiant, SIRET, est_siret, nom[:LONGUEUR_NOM])


def _lire_type_identifiant(carnet: Carnet, champ: str, valeur: object) -> str:
    ecrit = plier(lire_texte(valeur))
    connu = next((type_ for type_ in TYPES_IDENTIFIANT if plier(type_) == ecrit), "")
    if ecrit and not connu:
        carnet.douter(f"{champ}.typeIdentifiant", f"Type {citer(valeur)} inconnu{INSECABLE}: lu comme un SIRET.")
    return connu or SIRET


def _controler_siret(carnet: Carnet, champ: str, identifiant: str) -> bool:
    refus = controler_siret(identifiant)
    if refus is None:
        return True
    raison = "n’a pas la bonne clé, un chiffre est sans doute faux"
    if refus.code != "siret_cle":
        raison = (
            f"compte {quantite(len(identifiant), 'chiffre')} au lieu de 14"
            if identifiant.isdecimal()
            else "ne s’écrit pas qu’en chiffres"
        )
    carnet.douter(champ, f"Le SIRET {citer(identifiant)} {raison}{INSECABLE}: il n’est pas enregistré comme SIRET.")
    return False


def _lire_titulaires(carnet: Carnet, champ: str, valeur: object, cle: str) -> tuple[IdentiteLue, ...]:
    titulaires: dict[tuple[str, str], IdentiteLue] = {}
    for numero, element in _elements(carnet, champ, valeur, cle):
        identite = _lire_identite(carnet, f"{champ}[{numero}]", element, qui="ce titulaire")
        if identite is None:
            continue
        if (identite.type_identifiant, identite.identifiant) in titulaires:
            carnet.ecarter(f"{champ}[{numero}]", f"Le titulaire {citer(identite.identifiant)} est écrit deux fois.")
        titulaires.setdefault((identite.type_identifiant, identite.identifiant), identite)
    return tuple(titulaires.values())


def _elements(carnet: Carnet, champ: str, valeur: object, cle: str) -> Iterator[tuple[int, object]]:
    """Les éléments numérotés d'une liste ; au-delà du maximum, le reste est écarté."""
    elements = deplier(valeur, cle)
    if len(elements) > ELEMENTS_MAXIMUM:
        reste = nombre(len(elements) - ELEMENTS_MAXIMUM)
        carnet.ecarter(champ, f"Plus de {ELEMENTS_MAXIMUM} éléments{INSECABLE}: les {reste} derniers sont écartés.")
    yield from enumerate(elements[:ELEMENTS_MAXIMUM], start=1)


def _lire_groupement(carnet: Carnet, valeur: object, titulaires: int) -> bool | None:
    lu = GROUPEMENTS.get(plier(lire_texte(valeur)))
    if lu is None and not est_vide(valeur):
        carnet.ecarter("typeGroupementOperateurs", f"{citer_en_tete(valeur)} n’est pas un type de groupement.")
    if titulaires > 1 and lu is None:
        carnet.douter(
            "typeGroupementOperateurs",
            f"{nombre(titulaires)} titulaires, sans dire s’ils sont groupés{INSECABLE}: chacun est inscrit seul.",
        )
    if titulaires > 1 and lu:
        carnet.douter("titulaires", f"Le mandataire n’est pas dit{INSECABLE}: le premier nommé en tient lieu.")
    return lu


def _lire_considerations(carnet: Carnet, valeur: object) -> tuple[Consideration, ...]:
    champ, lues = "considerationsSociales", []
    for _, element in _elements(carnet, champ, valeur, "considerationSociale"):
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
        for _, element in _elements(carnet, champ, brut.get(champ, brut.get(cle)), cle):
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


def _lire_avenants(carnet: Carnet, valeur: object, depart: date | None, concession: bool) -> tuple[AvenantLu, ...]:
    lus: dict[int, AvenantLu] = {}
    for position, element in _elements(carnet, "modifications", valeur, "modification"):
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
    titulaires = _lire_titulaires(carnet, f"{champ}.titulaires", brut.get("titulaires"), "titulaire")
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


def _lire_sous_traitants(carnet: Carnet, brut: Objet, depart: date | None) -> tuple[SousTraitantLu, ...]:
    lus: dict[str, SousTraitantLu] = {}
    for position, element in _elements(
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
        entreprise = _lire_identite(carnet, f"{champ}.sousTraitant", source, qui="ce sous-traitant")
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
