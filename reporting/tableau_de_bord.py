"""L'accueil : ce qui attend, et où en sont les opérations. Requêtes en nombre constant, sommes lues dans les cumuls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, Min, Q, Sum

from beneficiaires.models import Beneficiaire, Orientation, Situation
from beneficiaires.periodes import ajouter_mois, decaler
from beneficiaires.regles import DELAI_REPONSE_JOURS
from clauses.avancement import (
    Avancement,
    LigneAvancement,
    avancements_des_engagements,
    courbe_mensuelle,
    par_titulaire,
    totaliser,
)
from clauses.listes import ORDRE_DES_RYTHMES
from clauses.models import (
    Candidature,
    CumulMensuel,
    Eligibilite,
    Engagement,
    Litige,
    Operation,
    PartageOperation,
    ProjetMarche,
    ReleveHeures,
    ReponseEligibilite,
)
from clauses.regles.rythme import CodeRythme
from comptes.models import Utilisateur


@dataclass(frozen=True)
class OperationEnCours:
    operation: Operation
    avancement: Avancement


@dataclass(frozen=True)
class HeuresAVerifier:
    """Les relevés qui attendent : leur nombre, leurs heures, l'opération la plus chargée, le plus ancien."""

    nombre: int
    heures: Decimal
    operation: str
    operation_heures: Decimal
    plus_ancien: datetime | None


@dataclass(frozen=True)
class Retards:
    """Les titulaires en retard, leurs heures à rattraper, et ceux qui n'ont rien déclaré depuis deux mois."""

    nombre: int
    heures: Decimal
    sans_heure: int


@dataclass(frozen=True)
class Territoire:
    """L'année en cours : heures validées mois par mois, écart avec l'an passé, personnes, entreprises, opérations."""

    annee: int
    mois: list[tuple[date, Decimal]]
    validees: Decimal
    validees_an_passe: Decimal
    total: Avancement
    personnes: int
    personnes_nouvelles: int
    entreprises: int
    operations: int
    acheteurs: int


def lignes_ouvertes(utilisateur: Utilisateur, *, arrete_au: date, aujourd_hui: date) -> list[LigneAvancement]:
    """Les engagements des opérations en cours de l'utilisateur, avec leur avancement au dernier mois clos."""
    engagements = Engagement.objects.pour(utilisateur).filter(
        Q(titulaire__lot__marche__operation__date_fin__isnull=True)
        | Q(titulaire__lot__marche__operation__date_fin__gte=aujourd_hui)
    )
    return avancements_des_engagements(engagements, jour=arrete_au)


def operations_en_cours(lignes: Sequence[LigneAvancement], *, limite: int | None = None) -> list[OperationEnCours]:
    """Les opérations de ces lignes, de la plus en retard à la plus avancée."""
    par_operation: dict[object, list[LigneAvancement]] = {}
    for ligne in lignes:
        par_operation.setdefault(ligne.operation.pk, []).append(ligne)
    operations = [OperationEnCours(groupe[0].operation, totaliser(groupe)) for groupe in par_operation.values()]
    operations.sort(
        key=lambda o: (ORDRE_DES_RYTHMES.index(o.avancement.rythme.code), o.avancement.rythme.ecart_heures or 0)
    )
    return operations[:limite]


def heures_a_verifier(utilisateur: Utilisateur) -> HeuresAVerifier:
    """Celles de ses personnes, sur toute opération. Une requête."""
    par_operation = (
        ReleveHeures.objects.pour(utilisateur)
        .en_attente()
        .order_by()
        .values_list("affectation__engagement__titulaire__lot__marche__operation__nom")
        .annotate(nombre=Count("pk"), heures=Sum("heures"), plus_ancien=Min("saisi_le"))
    )
    lues = list(par_operation)
    if not lues:
        return HeuresAVerifier(0, Decimal(0), "", Decimal(0), None)
    nom, _, heures, _ = max(lues, key=lambda ligne: ligne[2])
    return HeuresAVerifier(
        nombre=sum(ligne[1] for ligne in lues),
        heures=sum((ligne[2] for ligne in lues), Decimal(0)),
        operation=nom,
        operation_heures=heures,
        plus_ancien=min(ligne[3] for ligne in lues),
    )


def retards(lignes: Sequence[LigneAvancement], *, arrete_au: date) -> Retards:
    titulaires = [t for t in par_titulaire(lignes) if t.avancement.rythme.code == CodeRythme.RETARD]
    en_retard = {t.titulaire.pk for t in titulaires}
    recents = set(
        CumulMensuel.objects.filter(
            engagement__titulaire__in=en_retard, mois__gt=ajouter_mois(arrete_au, -2), mois__lte=arrete_au
        )
        .filter(Q(validees_heures__gt=0) | Q(en_attente_heures__gt=0))
        .values_list("engagement__titulaire", flat=True)
    )
    return Retards(
        nombre=len(titulaires),
        heures=sum((-(t.avancement.rythme.ecart_heures or 0) for t in titulaires), Decimal(0)),
        sans_heure=len(en_retard - recents),
    )


def orientations_sans_reponse(utilisateur: Utilisateur, *, aujourd_hui: date) -> dict[str, int]:
    return (
        Orientation.objects.pour(utilisateur)
        .sans_reponse()
        .aggregate(
            nombre=Count("pk"),
            prescripteurs=Count("prescripteur", distinct=True),
            anciennes=Count("pk", filter=Q(envoyee_le__date__lt=decaler(aujourd_hui, -DELAI_REPONSE_JOURS))),
        )
    )


def candidats_a_suivre(utilisateur: Utilisateur, *, aujourd_hui: date) -> dict[str, int]:
    """Les candidatures sans décision, celles où l'entreprise se tait, et les personnes retenues à placer."""
    return Candidature.objects.pour(utilisateur).compter(aujourd_hui, settings.SILENCE_CANDIDATURE_JOURS)


def partages_a_repondre(utilisateur: Utilisateur) -> list[PartageOperation]:
    """Les opérations qu'une autre structure propose de partager, et qui attendent une réponse."""
    recus = PartageOperation.objects.recus_par(utilisateur).proposes()
    return list(recus.select_related("operation", "porteuse"))


def litiges_ouverts(utilisateur: Utilisateur, *, aujourd_hui: date) -> dict[str, int]:
    """Les désaccords sur des heures, et ceux dont le délai est passé."""
    return (
        Litige.objects.pour(utilisateur)
        .ouverts()
        .aggregate(nombre=Count("pk"), en_retard=Count("pk", filter=Q(echeance__lt=aujourd_hui)))
    )


def projets_en_attente(utilisateur: Utilisateur, partie: str) -> dict[str, object]:
    """Les marchés à venir où cette partie doit répondre, et depuis quand la plus ancienne question attend."""
    attendus = ProjetMarche.objects.pour(utilisateur).attendus_de(partie)
    return attendus.aggregate(nombre=Count("pk"), depuis=Min("attente_depuis"))


def justificatifs_manquants(utilisateur: Utilisateur, *, aujourd_hui: date) -> dict[str, int]:
    """Situations en cours sans pièce vue, et décisions « à compléter » qui attendent."""
    manquants = (
        Situation.objects.en_cours(aujourd_hui)
        .filter(beneficiaire__in=Beneficiaire.objects.pour(utilisateur), justificatifs__isnull=True)
        .aggregate(pieces=Count("pk"), personnes=Count("beneficiaire", distinct=True))
    )
    manquants["bloquent"] = (
        Eligibilite.objects.pour(utilisateur).courantes().filter(reponse=ReponseEligibilite.A_COMPLETER).count()
    )
    return manquants


def territoire(utilisateur: Utilisateur, lignes: Sequence[LigneAvancement], *, arrete_au: date) -> Territoire:
    engagements = Engagement.objects.pour(utilisateur)
    debut = arrete_au.replace(month=1, day=1)
    courbe = {mois: validees for mois, validees, _ in courbe_mensuelle(engagements, jusqu_au=arrete_au)}
    mois = [
        (debut.replace(month=m), courbe.get(debut.replace(month=m), Decimal(0))) for m in range(1, arrete_au.month + 1)
    ]
    personnes = Beneficiaire.objects.pour(utilisateur)
    compte = personnes.aggregate(n=Count("pk"), nouvelles=Count("pk", filter=Q(cree_le__year=arrete_au.year)))
    operations = {ligne.operation.pk: ligne for ligne in lignes}
    return Territoire(
        annee=arrete_au.year,
        mois=mois,
        validees=sum((heures for _, heures in mois), Decimal(0)),
        validees_an_passe=sum((courbe.get(ajouter_mois(m, -12), Decimal(0)) for m, _ in mois), Decimal(0)),
        total=totaliser(lignes, jour=arrete_au),
        personnes=compte["n"],
        personnes_nouvelles=compte["nouvelles"],
        entreprises=len({ligne.titulaire.entreprise_id for ligne in lignes}),
        operations=len(operations),
        acheteurs=len({ligne.operation.maitre_ouvrage_id for ligne in operations.values()}),
    )
