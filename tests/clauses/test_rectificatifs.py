"""Une heure validée d'un mois publié ne change jamais en silence, par quelque chemin que ce soit."""

from datetime import date
from decimal import Decimal

import pytest

from clauses.cumuls import ecarts, recalculer_cumuls
from clauses.models import ConventionGlobalisation, Engagement, EtatReleve, Imputation, NatureHeures, Rectificatif
from clauses.services.globalisation import enregistrer_convention, imputer, retirer_imputation
from clauses.services.heures import saisir_case
from clauses.services.heures_etats import changer_etats
from clauses.services.marches import changer_regle
from clauses.services.placements import noter_mode
from clauses.services.rectificatifs import figer
from comptes.regles import Refus
from tests.fabriques import (
    EligibiliteFactory,
    EngagementFactory,
    LotFactory,
    MarcheFactory,
    OperationFactory,
    Paysage,
    RegleClauseFactory,
    ReleveHeuresFactory,
    TitulaireFactory,
)

pytestmark = pytest.mark.django_db
AVRIL, MAI = date(2026, 4, 1), date(2026, 5, 1)
JOUR = date(2026, 10, 31)


@pytest.fixture
def paysage():
    """100 h de travail validées en avril, dont le marché, figé, a publié le bilan ; l'autre marché de l'entreprise l'est aussi."""
    paysage = Paysage()
    paysage.releve.delete()
    operation = OperationFactory(structure=paysage.structure, nom="Gymnase du Port")
    paysage.autre_marche = MarcheFactory(operation=operation, reference="2026-GYM")
    regle = RegleClauseFactory(marche=paysage.autre_marche)
    paysage.cible = EngagementFactory(
        titulaire=TitulaireFactory(lot=LotFactory(marche=paysage.autre_marche), entreprise=paysage.entreprise)
    )
    EligibiliteFactory(
        operation=operation, beneficiaire=paysage.beneficiaire, regle=regle, decide_par=paysage.facilitateur
    )
    paysage.releve = _valide(paysage, AVRIL)
    paysage.convention = enregistrer_convention(
        convention=ConventionGlobalisation(
            structure=paysage.structure,
            reference="GLOB-1",
            entreprise=paysage.entreprise,
            date_debut=AVRIL,
            signee_le=date(2026, 3, 28),
        ),
        engagements=[paysage.engagement, paysage.cible],
    )
    return paysage


def _valide(paysage, mois, nature=NatureHeures.TRAVAIL):
    releve = ReleveHeuresFactory(
        affectation=paysage.affectation,
        mois=mois,
        nature=nature,
        etat=EtatReleve.VALIDE,
        saisi_par=paysage.facilitateur,
    )
    recalculer_cumuls(engagements=[paysage.engagement], mois=[mois])
    return releve


def _imputer(paysage, heures=40):
    resultat = imputer(
        convention=paysage.convention,
        releve=paysage.releve,
        engagement=Engagement.objects.get(pk=paysage.cible.pk),
        heures=Decimal(heures),
        par=paysage.facilitateur,
    )
    assert isinstance(resultat, Imputation)
    paysage.releve.refresh_from_db()
    return resultat


def _publier(paysage):
    for marche in (paysage.marche, paysage.autre_marche):
        figer(marche=marche, au=JOUR)


def _passer(paysage, vers, motif=""):
    paysage.releve.refresh_from_db()
    resultat = changer_etats(releves=[paysage.releve], vers=vers, motif=motif, utilisateur=paysage.facilitateur)
    assert resultat.nombre == 1


def _ecrits():
    """Par marché, dans l'ordre d'écriture : avant → après."""
    return [
        (r.marche.reference, r.heures_avant, r.heures_apres)
        for r in Rectificatif.objects.select_related("marche").order_by("cree_le", "marche__reference")
    ]


def test_rouvrir_des_heures_imputees_rectifie_aussi_le_marche_qui_les_recevait(paysage):
    """60 h là et 40 h ici étaient publiées : rouvrir le relevé retire les deux, chaque marché a son rectificatif."""
    _imputer(paysage)
    _publier(paysage)
    _passer(paysage, "rectifie", "Relevé à revoir")
    assert sorted(_ecrits()) == [("2026-GYM", 40, 0), ("2026-T0001", 60, 0)]
    Rectificatif.objects.all().delete()
    _passer(paysage, "verifie")
    _passer(paysage, "valide")
    assert sorted(_ecrits()) == [("2026-GYM", 0, 40), ("2026-T0001", 0, 60)]


def test_retirer_l_imputation_d_un_releve_rouvert_ne_rectifie_rien_de_plus(paysage):
    """Rouvertes, ces heures ne comptaient déjà plus : les rendre à leur marché ne change aucun chiffre."""
    imputation = _imputer(paysage)
    _publier(paysage)
    _passer(paysage, "rectifie", "Relevé à revoir")
    Rectificatif.objects.all().delete()
    retirer_imputation(imputation=imputation, par=paysage.facilitateur)
    assert _ecrits() == []
    assert ecarts() == []


@pytest.mark.parametrize("heures", ["10", "0", None])
def test_un_releve_rouvert_garde_au_moins_les_heures_imputees(paysage, heures):
    """40 h comptent ailleurs : le relevé rouvert ne descend pas sous 40 h et ne s'efface pas, sinon elles compteraient sans être faites."""
    _imputer(paysage)
    _passer(paysage, "rectifie", "Relevé à revoir")
    if heures is None:
        _passer(paysage, "refuse", "Erreur")
        _passer(paysage, "declare")
    resultat = _saisir(paysage, heures and Decimal(heures))
    assert isinstance(resultat, Refus)
    assert resultat.code == "heures_imputees"
    assert "40\u00a0h" in resultat.phrase
    assert Imputation.objects.count() == 1
    assert ecarts() == []


def test_un_releve_rouvert_se_saisit_au_dessus_des_heures_imputees(paysage):
    """Sur 100 h dont 40 imputées, 80 h se gardent : 40 ici, 40 là."""
    _imputer(paysage)
    _passer(paysage, "rectifie", "Relevé à revoir")
    assert not isinstance(_saisir(paysage, Decimal(80)), Refus)
    assert not isinstance(_saisir(paysage, Decimal(40)), Refus)
    assert ecarts() == []


def _saisir(paysage, heures):
    paysage.releve.refresh_from_db()
    return saisir_case(
        affectation=paysage.affectation,
        nature="travail",
        mois=AVRIL,
        heures=heures,
        version_lue=paysage.releve.version,
        utilisateur=paysage.facilitateur,
        aujourd_hui=date(2026, 11, 17),
    )


def test_changer_la_facon_d_un_contrat_rectifie_ses_mois_publies(paysage):
    """Dites « tutorat », ces 100 h publiées ne comptent plus : le bilan suivant le dit."""
    _publier(paysage)
    noter_mode(contrat=paysage.contrat, mode="tutorat", est_hors_site=False)
    assert _ecrits() == [("2026-T0001", 100, 0)]
    assert Rectificatif.objects.get().motif.startswith("Heures validées recomptées")


def test_un_plafond_libere_par_une_reouverture_rectifie_les_autres_mois(paysage):
    """Plafond de formation de 120 h, 100 h en avril et 100 h en mai dont 20 comptent : avril rouvert, mai en compte 100."""
    changer_regle(
        marche=paysage.marche,
        sections={"comptage": {"modes": {"formation": {"plafond_heures": "120"}}}},
        par=paysage.facilitateur,
    )
    avril, mai = (_valide(paysage, mois, NatureHeures.FORMATION) for mois in (AVRIL, MAI))
    mai.refresh_from_db()
    assert mai.heures_comptees == 20
    _publier(paysage)
    paysage.releve = avril
    _passer(paysage, "rectifie", "Attestation à revoir")
    lignes = {(r.releve_id, r.heures_avant, r.heures_apres) for r in Rectificatif.objects.all()}
    assert lignes == {(avril.pk, 100, 0), (mai.pk, 20, 100)}
    assert ecarts() == []
