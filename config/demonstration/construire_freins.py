"""Les freins, leurs actions et les diagnostics, écrits en bloc sur les parcours déjà construits."""

from datetime import date

from django.db.models import DateTimeField, F
from django.db.models.functions import Cast

from beneficiaires.models import MetierRome
from beneficiaires.periodes import decaler
from config.demonstration.atelier import Atelier
from config.demonstration.calendrier import moment
from config.demonstration.tables.freins import DIAGNOSTICS, FREINS, LigneAction, LigneDiagnostic, LigneFrein
from parcours.models import CHAMPS_DES_ETAPES, Action, Diagnostic, EtapeDiagnostic, EtatFrein, Frein, Parcours

METIERS = ("metiers_exerces", "metiers_vises")


def construire_freins(atelier: Atelier) -> None:
    parcours = _premiers_parcours(atelier)
    lignes = [(ligne, _frein(atelier, ligne, parcours[ligne.personne])) for ligne in FREINS]
    Frein.objects.bulk_create(frein for _, frein in lignes)
    Action.objects.bulk_create(
        _action(atelier, frein, rang, a) for ligne, frein in lignes for rang, a in enumerate(ligne.actions)
    )
    _construire_les_diagnostics(atelier, parcours)


def _premiers_parcours(atelier: Atelier) -> dict[str, Parcours]:
    """Le plus ancien parcours de chacun : c'est de son entrée que comptent les tables."""
    cles = {personne.pk: cle for cle, personne in atelier.personnes.items()}
    tous = Parcours.objects.select_related("beneficiaire").order_by("-date_debut")
    return {cles[parcours.beneficiaire_id]: parcours for parcours in tous if parcours.beneficiaire_id in cles}


def _jour(atelier: Atelier, parcours: Parcours, jours: int) -> date:
    """Jamais après la fin du parcours, ni après aujourd'hui."""
    return min(decaler(parcours.date_debut, jours), parcours.date_fin or atelier.reference, atelier.reference)


def _frein(atelier: Atelier, ligne: LigneFrein, parcours: Parcours) -> Frein:
    depuis = _jour(atelier, parcours, ligne.depuis)
    return Frein(
        id=atelier.id("frein", ligne.personne, ligne.rubrique),
        parcours=parcours,
        rubrique=ligne.rubrique,
        etat=ligne.etat,
        date_etat=depuis,
        repere_le=None if ligne.etat == EtatFrein.SANS_OBJET else _jour(atelier, parcours, ligne.repere),
        leve_le=depuis if ligne.etat == EtatFrein.LEVE else None,
        situations=list(ligne.situations),
        objectifs=list(ligne.objectifs),
        precision=ligne.precision,
    )


def _action(atelier: Atelier, frein: Frein, rang: int, ligne: LigneAction) -> Action:
    parcours = frein.parcours

    def jour(jours: int | None) -> date | None:
        return None if jours is None else _jour(atelier, parcours, jours)

    return Action(
        id=atelier.id("action", frein.pk, rang),
        frein=frein,
        intitule=ligne.intitule,
        structure=ligne.structure,
        mobilisee_par=parcours.prescripteur if ligne.mobilisee else None,
        date_debut=jour(ligne.debut),
        date_fin=jour(ligne.fin),
        resultat=ligne.resultat,
        reponse=ligne.reponse,
        envoyee_le=jour(ligne.envoyee),
        repondue_le=jour(ligne.repondue),
        motif_refus=ligne.motif,
        auteur=parcours.referent,
    )


def _construire_les_diagnostics(atelier: Atelier, parcours: dict[str, Parcours]) -> None:
    lies = [
        (ligne, _diagnostic(atelier, rang, ligne, parcours[ligne.personne])) for rang, ligne in enumerate(DIAGNOSTICS)
    ]
    Diagnostic.objects.bulk_create(diagnostic for _, diagnostic in lies)
    metiers = MetierRome.objects.in_bulk({code for x, _ in lies for nom in METIERS for code in x.reponses.get(nom, ())})
    for nom in METIERS:
        liaison = Diagnostic._meta.get_field(nom).remote_field.through
        liaison.objects.bulk_create(
            liaison(diagnostic=diagnostic, metierrome=metiers[code])
            for ligne, diagnostic in lies
            for code in ligne.reponses.get(nom, ())
        )


def _diagnostic(atelier: Atelier, rang: int, ligne: LigneDiagnostic, parcours: Parcours) -> Diagnostic:
    jour = _jour(atelier, parcours, ligne.jour)
    faites = [etape.value for etape, champs in CHAMPS_DES_ETAPES.items() if set(champs) & set(ligne.reponses)]
    return Diagnostic(
        id=atelier.id("diagnostic", ligne.personne, rang),
        parcours=parcours,
        date_diagnostic=jour,
        auteur=parcours.referent,
        etapes_faites=[*faites, EtapeDiagnostic.FREINS.value] if ligne.est_fini else faites,
        fini_le=moment(jour, 16, 30) if ligne.est_fini else None,
        freins=_freins_ce_jour(parcours, jour) if ligne.est_fini else {},
        **{champ: valeur for champ, valeur in ligne.reponses.items() if champ not in METIERS},
    )


def _freins_ce_jour(parcours: Parcours, jour: date) -> dict[str, dict[str, object]]:
    """Ce que l'on savait ce jour-là : un frein levé ou pris en charge depuis était encore repéré."""
    return {
        frein.rubrique: {
            "etat": frein.etat if frein.date_etat <= jour else EtatFrein.REPERE.value,
            "situations": frein.situations,
            "objectifs": frein.objectifs,
            "precision": frein.precision,
        }
        for frein in parcours.freins.all()
        if (frein.repere_le or frein.date_etat) <= jour
    }


def dater_les_freins() -> None:
    """Chaque ligne a été saisie le jour qu'elle raconte."""
    Action.objects.update(cree_le=Cast(F("date_debut"), DateTimeField()))
    Diagnostic.objects.update(cree_le=Cast(F("date_diagnostic"), DateTimeField()))
