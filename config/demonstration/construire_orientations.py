"""Les orientations des prescripteurs, à tous les stades."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from beneficiaires.models import CritereOriente, EtatOrientation, Orientation
from beneficiaires.periodes import decaler
from config.demonstration.atelier import Atelier
from config.demonstration.calendrier import moment
from config.demonstration.tables.orientations import ACCEPTEES, FREINS_PAR_PERSONNE, ORIENTATIONS, LigneOrientation
from config.demonstration.tables.personnes import PERSONNES


def construire_orientations(atelier: Atelier) -> None:
    orientations, criteres, metiers = [], [], []
    for rang, ligne in enumerate(ORIENTATIONS):
        orientation = _orientation(atelier, rang, ligne)
        orientations.append(orientation)
        criteres += _criteres(atelier, orientation, ligne.criteres)
        metiers.append((orientation, ligne.metier))
    lignes = {ligne.cle: ligne for ligne in PERSONNES}
    for cle, envoyee, repondue in ACCEPTEES:
        orientation = _acceptee(atelier, cle, envoyee, repondue)
        orientations.append(orientation)
        criteres += _criteres(atelier, orientation, lignes[cle].criteres)
        metiers.append((orientation, lignes[cle].metier))
    Orientation.objects.bulk_create(orientations)
    CritereOriente.objects.bulk_create(criteres)
    liens = Orientation.metiers.through
    liens.objects.bulk_create(
        liens(orientation_id=orientation.pk, metierrome_id=metier) for orientation, metier in metiers
    )


def _orientation(atelier: Atelier, rang: int, ligne: LigneOrientation) -> Orientation:
    tirage = atelier.hasard("orientation", rang)
    orientation = Orientation(
        id=atelier.id("orientation", rang),
        prescripteur=atelier.organisations[ligne.prescripteur],
        auteur=atelier.membre(ligne.prescripteur, rang),
        structure=atelier.organisations[ligne.structure],
        etat=ligne.etat,
        prenom=ligne.prenom,
        nom_naissance=ligne.nom,
        date_naissance=atelier.reference - relativedelta(years=ligne.age, days=tirage.randint(20, 340)),
        sexe=ligne.sexe,
        telephone=f"063998{tirage.randint(0, 9999):04}",
        commune="Villerive" if ligne.structure == "confluent" else "Hautvallon",
        niveau_formation=tirage.choice((2, 3, 3, 4)),
        pass_iae=ligne.pass_iae,
        freins=list(ligne.freins),
        projet=ligne.projet,
    )
    if ligne.envoyee is not None:
        orientation.envoyee_le = moment(decaler(atelier.reference, ligne.envoyee), tirage.randint(8, 17), 25)
    if ligne.repondue is not None:
        orientation.repondue_le = moment(decaler(atelier.reference, ligne.repondue), tirage.randint(8, 17), 40)
        orientation.repondue_par = atelier.membre(ligne.structure, rang)
        orientation.motif_refus = ligne.motif
        orientation.message_reponse = ligne.message
    return orientation


def _acceptee(atelier: Atelier, cle: str, envoyee: int, repondue: int) -> Orientation:
    """Une orientation devenue une personne suivie : elle porte ce que le prescripteur avait écrit."""
    personne = atelier.personnes[cle]
    tirage = atelier.hasard("acceptee", cle)
    prescripteur = next(ligne.prescripteur for ligne in PERSONNES if ligne.cle == cle)
    return Orientation(
        id=atelier.id("orientation", cle),
        prescripteur=personne.prescripteur,
        auteur=atelier.membre(prescripteur, 0),
        structure=personne.structure,
        etat=EtatOrientation.ACCEPTEE,
        prenom=personne.prenom,
        nom_naissance=personne.nom_naissance,
        date_naissance=personne.date_naissance,
        sexe=personne.sexe,
        telephone=personne.telephone,
        courriel=personne.courriel,
        commune=personne.commune,
        niveau_formation=personne.niveau_formation,
        identifiant_france_travail=personne.identifiant_france_travail,
        freins=list(FREINS_PAR_PERSONNE.get(cle, ())),
        envoyee_le=moment(decaler(atelier.reference, envoyee), tirage.randint(8, 17), 5),
        repondue_le=moment(decaler(atelier.reference, repondue), tirage.randint(8, 17), 50),
        repondue_par=personne.referent,
        beneficiaire=personne,
    )


def _criteres(atelier: Atelier, orientation: Orientation, codes: tuple[str, ...]) -> list[CritereOriente]:
    jour = orientation.envoyee_le.date() if orientation.envoyee_le else atelier.reference
    tirage = atelier.hasard("criteres", orientation.pk)
    return [
        CritereOriente(orientation=orientation, critere=code, date_piece=jour - timedelta(days=tirage.randint(2, 40)))
        for code in codes
    ]


def dater_les_orientations(atelier: Atelier) -> None:
    """Un brouillon date de la veille ; une orientation a été écrite juste avant d'être envoyée."""
    orientations = list(Orientation.objects.all())
    for orientation in orientations:
        orientation.cree_le = (orientation.envoyee_le or moment(atelier.reference, 9, 0)) - timedelta(minutes=20)
    Orientation.objects.bulk_update(orientations, ["cree_le"])
