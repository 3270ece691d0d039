"""La règle d'un marché, les heures dues, les conventions et les agréments face à des envois hostiles.

Un nombre impossible, une date impossible ou l'objet d'une autre structure reçoit une phrase ou « introuvable » ; rien d'autre ne change.
"""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from clauses.models import Constat, ConventionGlobalisation, Imputation, ModeleRegle, NiveauControle
from clauses.regles.controles import CATALOGUE
from parcours.models import Plie
from tests.fabriques import (
    AffectationFactory,
    BeneficiaireFactory,
    ContratFactory,
    EngagementFactory,
    ReleveHeuresFactory,
)
from tests.lire_html import texte
from tests.test_droits import empreinte

NOMBRES = ["NaN", "-Infinity", "1e17", "1E+999999", "-1", "9999999999999", "9" * 40, "12,5,3", "\x00", "=1+1"]
JOURS = ["31/02/2026", "01/01/0001", "31/12/9999", "\x00", "9" * 40]


@pytest.fixture
def facilitateur(client, paysage):
    client.force_login(paysage.facilitateur)
    return client


@pytest.fixture
def ailleurs(paysage):
    """Ce que l'autre structure a de son côté : un engagement, une personne, un modèle, un PLIE, une convention."""
    engagement = EngagementFactory(
        titulaire__lot__marche__operation__structure=paysage.autre_structure,
        titulaire__entreprise=paysage.entreprise,
    )
    personne = BeneficiaireFactory(structure=paysage.autre_structure, nom_naissance="Secretissime")
    affectation = AffectationFactory(
        contrat=ContratFactory(beneficiaire=personne, employeur=paysage.entreprise), engagement=engagement
    )
    return {
        "engagement": engagement,
        "personne": personne,
        "affectation": affectation,
        "releve": ReleveHeuresFactory(affectation=affectation, mois=date(2026, 9, 1), etat="valide"),
        "modele": ModeleRegle.objects.create(
            structure=paysage.autre_structure, nom="Secretissime", valeurs={"colonnes": {"duree_mois": 6}}
        ),
        "plie": Plie.objects.create(structure=paysage.autre_structure, nom="Secretissime"),
        "convention": ConventionGlobalisation.objects.create(
            structure=paysage.autre_structure,
            reference="GLOB-X",
            entreprise=paysage.entreprise,
            date_debut=date(2026, 9, 1),
            signee_le=date(2026, 8, 28),
        ),
    }


def test_le_simulateur_et_les_penalites_supportent_tout_nombre_et_toute_date(facilitateur, paysage):
    """La page s'ouvre toujours, en français, et rien ne s'écrit."""
    simulateur = reverse("clauses:lot_simulateur", args=[paysage.lot.pk])
    penalites = reverse("clauses:regle_penalites", args=[paysage.marche.pk])
    avant = empreinte()
    for nombre in NOMBRES:
        for champ in ("montant", "rythme"):
            assert facilitateur.get(simulateur, {champ: nombre}).status_code == 200, (champ, nombre)
        faits = {"calculer": "1", "manquantes": nombre, "documents": nombre, "jours": nombre}
        assert facilitateur.get(penalites, faits).status_code == 200, nombre
    for jour in JOURS:
        assert facilitateur.get(simulateur, {"fin": jour}).status_code == 200, jour
    assert empreinte() == avant


def test_et_si_supporte_tout_jour_et_tout_modele(facilitateur, paysage, ailleurs):
    """Un modèle d'une autre structure n'est pas dans la liste ; un jour impossible se dit sur son champ."""
    adresse = reverse("clauses:eligibilite_et_si", args=[paysage.beneficiaire.pk])
    marche = {"marche": paysage.marche.pk, "voir": "1"}
    for jour in JOURS:
        for champ in ("embauche", "date_decision", "debut_0", "fin_0"):
            assert facilitateur.get(adresse, {**marche, champ: jour}).status_code == 200, (champ, jour)
    page = facilitateur.get(adresse, {**marche, "modele": ailleurs["modele"].pk}).content.decode()
    assert "Secretissime" not in page
    etranger = ailleurs["engagement"].titulaire.lot.marche_id
    for cle in (etranger, "pas-un-identifiant", "\x00", ""):
        assert facilitateur.get(adresse, {"marche": cle}).status_code == 404, cle


@pytest.mark.parametrize("page", ["0", "-1", "999999", "９", "\x00"])
def test_les_listes_nouvelles_ont_toujours_une_page(facilitateur, paysage, page):
    """Page, tri, filtres et identifiants abîmés montrent la liste."""
    for nom in ("clauses:convention_liste", "clauses:controle_liste", "clauses:modele_liste", "parcours:plie_liste"):
        requete = {"page": page, "sort": "__class__", "per_page": "0", "operation": page, "releve": page, "debut": page}
        assert facilitateur.get(reverse(nom), requete).status_code == 200, nom
    detail = reverse("clauses:convention_detail", args=[paysage.convention.pk])
    assert facilitateur.get(detail, {"page": page}).status_code == 200


def test_les_constats_d_ailleurs_ne_sortent_par_aucun_filtre(facilitateur, paysage, ailleurs):
    """Filtrer sur l'opération ou le relevé d'une autre structure ne montre rien d'elle, à l'écran comme dans l'export."""
    Constat.objects.create(
        releve=ailleurs["releve"],
        code="jour_ferie",
        niveau=NiveauControle.INFORMATION,
        phrase="Secretissime",
        constate_le=paysage.constat.constate_le,
    )
    operation = ailleurs["engagement"].titulaire.lot.marche.operation_id
    for requete in ({}, {"operation": operation}, {"releve": ailleurs["releve"].pk}):
        for format_ in ({}, {"_export": "csv"}):
            reponse = facilitateur.get(reverse("clauses:controle_liste"), requete | format_)
            corps = b"".join(reponse.streaming_content) if reponse.streaming else reponse.content
            assert b"Secretissime" not in corps, (requete, format_)


def test_les_objets_d_une_autre_structure_ne_s_ecrivent_dans_aucun_formulaire(facilitateur, paysage, ailleurs):
    """Engagement, personne, convention, modèle, PLIE d'ailleurs : refusés dans le formulaire, et rien n'est écrit."""
    p = paysage
    convention = {
        "reference": "GLOB-9",
        "signee_le": "28/08/2026",
        "date_debut": "01/09/2026",
        "engagements": [p.engagement.pk, p.engagement_globalise.pk],
    }
    creer = f"{reverse('clauses:convention_creer')}?entreprise={p.entreprise.pk}"
    imputer = reverse("clauses:imputation_creer", args=[p.releve_imputable.pk])
    agrement = {"type_agrement": "plie", "date_debut": "01/02/2027", "plie": ailleurs["plie"].pk}
    envois = [
        (creer, convention | {"engagements": [p.engagement.pk, ailleurs["engagement"].pk]}),
        (creer, convention | {"beneficiaire": ailleurs["personne"].pk}),
        (f"{imputer}?convention={ailleurs['convention'].pk}", {"engagement": p.engagement.pk, "heures": "1"}),
        (f"{imputer}?convention={p.convention.pk}", {"engagement": ailleurs["engagement"].pk, "heures": "1"}),
        (
            f"{reverse('clauses:imputation_creer', args=[ailleurs['releve'].pk])}?convention={p.convention.pk}",
            {"engagement": p.engagement.pk, "heures": "1"},
        ),
        (reverse("clauses:modele_appliquer", args=[p.marche.pk]), {"modele": ailleurs["modele"].pk}),
        (reverse("parcours:agrement_creer", args=[p.beneficiaire.pk]), agrement),
        (
            reverse("clauses:lot_partager", args=[p.lot.pk]),
            {"heures_lot": "100", f"part_{ailleurs['engagement'].titulaire.pk.hex}": "100"},
        ),
        (
            reverse("clauses:heures_controler"),
            {
                f"h-{ailleurs['affectation'].pk.hex}-t-202610": "35",
                f"lu-{ailleurs['affectation'].pk.hex}-t-202610": "0:",
            },
        ),
    ]
    avant = empreinte()
    for adresse, envoi in envois:
        reponse = facilitateur.post(adresse, envoi)
        assert reponse.status_code in (200, 404, 422), adresse
        assert "Secretissime" not in reponse.content.decode(), adresse
        assert empreinte() == avant, adresse


def test_les_controles_reserves_ne_se_disent_pas_a_l_entreprise(client, paysage):
    """Avant l'envoi, l'entreprise ne lit ni le PASS, ni le critère, ni les heures de la personne chez une autre."""
    chez_l_autre = ContratFactory(beneficiaire=paysage.beneficiaire, employeur=paysage.autre_entreprise)
    AffectationFactory(
        contrat=chez_l_autre,
        engagement=EngagementFactory(
            titulaire__lot__marche=paysage.marche, titulaire__entreprise=paysage.autre_entreprise
        ),
        eligibilite=paysage.eligibilite,
    )
    ReleveHeuresFactory(affectation=chez_l_autre.affectations.get(), mois=date(2026, 10, 1), heures=Decimal(200))
    client.force_login(paysage.compte_entreprise)
    cle = f"{paysage.affectation.pk.hex}-t-202610"
    for heures in ("1", "35", "151,67", "220", "744", *NOMBRES):
        reponse = client.post(
            reverse("clauses:heures_controler"), {f"h-{cle}": heures, f"lu-{cle}": "0:"}, HTTP_HX_REQUEST="true"
        )
        assert reponse.status_code == 200, heures
        page = texte(reponse.content.decode())
        for interdit in ("Voltéo", "200\u00a0h", "PASS", "RSA", "agrément", "situation"):
            assert interdit not in page, (heures, page)
    assert any(controle.reserve for controle in CATALOGUE.values())


def test_une_imputation_hostile_n_ecrit_rien(facilitateur, paysage):
    """Aucun nombre impossible ne devient une imputation ; ce qui est tapé reste dans le champ."""
    adresse = (
        f"{reverse('clauses:imputation_creer', args=[paysage.releve_imputable.pk])}?convention={paysage.convention.pk}"
    )
    for nombre in NOMBRES:
        page = facilitateur.post(adresse, {"engagement": paysage.engagement_globalise.pk, "heures": nombre})
        assert page.status_code in (200, 422), nombre
    assert Imputation.objects.count() == 1
