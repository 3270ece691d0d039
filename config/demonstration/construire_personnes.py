"""Les personnes, leurs situations, les pièces vues et leurs agréments."""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from beneficiaires.criteres import CRITERES
from beneficiaires.models import Beneficiaire, Justificatif, ModeQpv, Residence, Situation, StatutQpv
from beneficiaires.periodes import ajouter_mois, decaler, lendemain, veille
from beneficiaires.services.residences import CHAMPS_ADRESSE
from config.demonstration.atelier import Atelier
from config.demonstration.calendrier import moment
from config.demonstration.tables.operations import OPERATIONS
from config.demonstration.tables.orientations import AGREMENTS
from config.demonstration.tables.personnes import DEMENAGEMENTS, PERSONNES, SANS_PIECE, LignePersonne
from config.demonstration.tables.placements import DECISIONS, PLACEMENTS
from parcours.models import Agrement, TypeAgrement
from parcours.regles import fin_agrement

# Lettres de contrôle d'identifiants France Travail inventés.
LETTRES = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def construire_personnes(atelier: Atelier) -> None:
    for rang, ligne in enumerate(PERSONNES):
        atelier.personnes[ligne.cle] = _personne(atelier, rang, ligne)
    quittees = [_demenager(atelier, cle) for cle in DEMENAGEMENTS]
    Beneficiaire.objects.bulk_create(atelier.personnes.values())
    Residence.objects.bulk_create(quittees)
    liens = Beneficiaire.metiers.through
    liens.objects.bulk_create(
        liens(beneficiaire_id=atelier.personnes[ligne.cle].pk, metierrome_id=ligne.metier) for ligne in PERSONNES
    )


def _personne(atelier: Atelier, rang: int, ligne: LignePersonne) -> Beneficiaire:
    tirage = atelier.hasard("personne", ligne.cle)
    naissance = atelier.reference - relativedelta(years=ligne.age, days=tirage.randint(20, 340))
    prenom_simple = ligne.cle.replace("_", ".")
    personne = Beneficiaire(
        id=atelier.id("personne", ligne.cle),
        structure=atelier.organisations[ligne.structure],
        prenom=ligne.prenom,
        nom_naissance=ligne.nom,
        date_naissance=naissance,
        sexe=ligne.sexe,
        courriel=f"{prenom_simple}{tirage.randint(10, 99)}@courriel.example",
        telephone=f"063998{tirage.randint(0, 9999):04}",
        adresse=f"{tirage.randint(1, 90)} rue {tirage.choice(('des Lilas', 'Pasteur', 'du Moulin', 'Louise-Michel'))}",
        commune=ligne.commune,
        niveau_formation=ligne.niveau,
        prescripteur=atelier.organisations.get(ligne.prescripteur),
        referent=atelier.membre(ligne.structure, rang),
    )
    if ligne.qpv:
        personne.qpv, personne.qpv_nom = StatutQpv.OUI, ligne.qpv
        personne.qpv_mode = tirage.choice((ModeQpv.ADRESSE, ModeQpv.JUSTIFICATIF))
        personne.qpv_verifie_le = atelier.jours_avant(atelier.reference, tirage, 20, 400)
    elif tirage.random() < 0.8:
        personne.qpv = StatutQpv.NON
    if {"DELD", "DETLD", "RSA"} & set(ligne.criteres):
        personne.identifiant_france_travail = f"{tirage.randint(10**6, 10**7 - 1)}{tirage.choice(LETTRES)}"
    return personne


def _demenager(atelier: Atelier, cle: str) -> Residence:
    """Rend l'adresse quittée, telle que la ferme le service, et donne la nouvelle à la personne."""
    jour, commune = DEMENAGEMENTS[cle]
    personne, le = atelier.personnes[cle], atelier.calendrier.jour(jour)
    quittee = Residence(
        id=atelier.id("residence", cle),
        beneficiaire=personne,
        date_fin=veille(le),
        **{champ: getattr(personne, champ) for champ in CHAMPS_ADRESSE},
    )
    personne.adresse, personne.commune = "3 chemin des Vignes", commune
    personne.qpv, personne.qpv_nom, personne.qpv_mode = StatutQpv.NON, "", ModeQpv.ADRESSE
    personne.qpv_verifie_le = le
    return quittee


def dater_les_personnes(atelier: Atelier) -> None:
    """Une personne est entrée dans le fichier un peu avant sa première décision."""
    for cle, personne in atelier.personnes.items():
        premiere = min((jour for _, jour in _besoins(atelier, cle)), default=atelier.reference)
        entree = min(
            atelier.jours_avant(premiere, atelier.hasard("entree", cle), 12, 40), decaler(atelier.reference, -1)
        )
        personne.cree_le = moment(entree, 9, 30)
    Beneficiaire.objects.bulk_update(atelier.personnes.values(), ["cree_le"])


def construire_situations(atelier: Atelier) -> None:
    """Chaque situation commence avant l'attribution qui l'apprécie ; chaque décision a vu une pièce fraîche."""
    situations, justificatifs = [], []
    for ligne in PERSONNES:
        tirage = atelier.hasard("situations", ligne.cle)
        besoins = _besoins(atelier, ligne.cle)
        premier_jour = min((min(couple) for couple in besoins), default=atelier.reference)
        pieces = [decision for _, decision in besoins] or [atelier.jours_avant(atelier.reference, tirage, 5, 50)]
        for critere in ligne.criteres:
            situation = Situation(
                id=atelier.id("situation", ligne.cle, critere),
                beneficiaire=atelier.personnes[ligne.cle],
                critere=critere,
                date_debut=_debut_situation(atelier, ligne, critere, premier_jour),
                precision=ligne.qpv if critere == "QPV" else "",
            )
            if critere == "QPV" and ligne.cle in DEMENAGEMENTS:
                situation.date_fin = veille(atelier.calendrier.jour(DEMENAGEMENTS[ligne.cle][0]))
            situations.append(situation)
            if (ligne.cle, critere) not in SANS_PIECE:
                justificatifs += [
                    _justificatif(atelier, ligne, situation, rang, decision) for rang, decision in enumerate(pieces)
                ]
    Situation.objects.bulk_create(situations)
    Justificatif.objects.bulk_create(justificatifs)


def _besoins(atelier: Atelier, personne: str) -> list[tuple[date, date]]:
    """Pour chaque opération où la personne est jugée : (jour de l'attribution, jour limite pour voir les pièces)."""
    attributions = {ligne.cle: atelier.calendrier.jour(ligne.attribution) for ligne in OPERATIONS}
    besoins = {}
    for placement in PLACEMENTS:
        if placement.personne == personne:
            for engagement in placement.parts:
                operation = engagement.split("/")[0]
                besoins.setdefault(operation, atelier.calendrier.jour(placement.debut))
    for decision in DECISIONS:
        if decision.personne == personne:
            besoins.setdefault(decision.operation, atelier.calendrier.jour(decision.date_decision))
    return [(attributions[operation], jour) for operation, jour in besoins.items()]


def _debut_situation(atelier: Atelier, ligne: LignePersonne, critere: str, premier_jour: date) -> date:
    tirage = atelier.hasard("debut", ligne.cle, critere)
    if critere == "JEUNE":
        return atelier.personnes[ligne.cle].date_naissance
    if critere == "SENIOR":
        return atelier.personnes[ligne.cle].date_naissance + relativedelta(years=50)
    return atelier.jours_avant(premier_jour, tirage, 45, 420)


def _justificatif(
    atelier: Atelier, ligne: LignePersonne, situation: Situation, rang: int, decision: date
) -> Justificatif:
    """Une pièce récente, vue vingt jours au moins avant l'embauche ou le jour de la décision au plus tard."""
    tirage = atelier.hasard("piece", ligne.cle, situation.critere, rang)
    vu_le = decision - timedelta(days=tirage.randint(16, 20))
    return Justificatif(
        id=atelier.id("justificatif", ligne.cle, situation.critere, rang),
        situation=situation,
        piece=CRITERES[situation.critere].piece[:1].upper() + CRITERES[situation.critere].piece[1:],
        date_piece=max(situation.date_debut, atelier.jours_avant(vu_le, tirage, 1, 12)),
        vu_le=vu_le,
        vu_par=atelier.personnes[ligne.cle].referent,
    )


def construire_agrements(atelier: Atelier) -> None:
    agrements = []
    for rang, ligne in enumerate(AGREMENTS):
        fin = atelier.calendrier.jour(ligne.fin)
        est_pass = ligne.type_agrement == TypeAgrement.PASS_IAE
        debut = decaler(fin, -729) if est_pass else ajouter_mois(lendemain(fin), -24)
        officielle = fin if ligne.officielle else None
        agrements.append(
            Agrement(
                id=atelier.id("agrement", ligne.personne, ligne.type_agrement, rang),
                beneficiaire=atelier.personnes[ligne.personne],
                type_agrement=ligne.type_agrement,
                numero=f"99999{debut:%y}{100 + rang:05}" if est_pass else "",
                porteur="" if est_pass else "PLIE du Confluent",
                prescripteur_habilite=ligne.prescripteur_habilite,
                date_debut=debut,
                fin_officielle=officielle,
                date_fin=fin_agrement(ligne.type_agrement, debut=debut, fin_officielle=officielle),
            )
        )
    Agrement.objects.bulk_create(agrements)
