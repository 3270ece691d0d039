"""Les agréments : fin officielle ou estimée, refus, état du jour, et leurs écrans."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from parcours.lectures import agrements_du_jour
from parcours.models import Agrement
from parcours.services.agrements import enregistrer_agrement
from tests.fabriques import AgrementFactory, BeneficiaireFactory, EligibiliteFactory, Paysage

pytestmark = pytest.mark.django_db

AUJOURD_HUI = date(2026, 11, 17)


def enregistrer(**champs) -> Agrement:
    valeurs = {"type_agrement": "pass_iae", "numero": "999992400718", "date_debut": date(2024, 1, 15)}
    if "beneficiaire" not in champs:
        valeurs["beneficiaire"] = BeneficiaireFactory()
    return enregistrer_agrement(agrement=Agrement(**valeurs | champs), aujourd_hui=AUJOURD_HUI)


@pytest.mark.parametrize(
    ("champs", "fin", "estime"),
    [
        ({}, date(2026, 1, 13), True),
        ({"fin_officielle": date(2026, 4, 13)}, date(2026, 4, 13), False),
        ({"type_agrement": "plie", "numero": "", "date_debut": date(2024, 1, 1)}, date(2025, 12, 31), True),
        ({"type_agrement": "plie", "numero": "", "date_debut": date(2024, 2, 29)}, date(2026, 2, 27), True),
    ],
)
def test_la_fin_est_officielle_ou_estimee(champs, fin, estime):
    """PASS IAE du 15/01/2024 : 13/01/2026 estimé ; la date imprimée l'emporte ; PLIE : 24 mois de calendrier."""
    agrement = enregistrer(**champs)
    assert (agrement.date_fin, agrement.est_estime) == (fin, estime)


def test_le_numero_est_rendu_a_sa_forme():
    """« 99999 24 00718 » et « 999992400718 » sont le même numéro."""
    assert enregistrer(numero="99999 24 00718").numero == "999992400718"


@pytest.mark.parametrize(
    ("champs", "champ", "phrase"),
    [
        ({"numero": "12345"}, "numero", "12 caractères"),
        ({"fin_officielle": date(2024, 1, 14)}, "fin_officielle", "avant son début"),
        ({"fin_officielle": date(2224, 1, 14)}, "fin_officielle", "Vérifiez l’année"),
        ({"date_debut": date(1924, 1, 15)}, "date_debut", "vérifiez l’année"),
        ({"date_debut": date(2204, 1, 15)}, "date_debut", "vérifiez l’année"),
        ({"date_debut": date(9999, 12, 31)}, "date_debut", "vérifiez l’année"),
    ],
)
def test_ce_qui_est_refuse(champs, champ, phrase):
    """Numéro faux, fin avant le début, années impossibles : refusés au champ, avec une phrase."""
    with pytest.raises(ValidationError) as refus:
        enregistrer(**champs)
    assert phrase in refus.value.message_dict[champ][0]
    assert not Agrement.objects.exists()


def test_un_numero_de_pass_ne_sert_qu_une_fois_par_structure():
    """Le même numéro pour une autre personne de la structure est refusé ; une autre structure peut suivre la même personne."""
    premier = enregistrer()
    with pytest.raises(ValidationError, match="déjà enregistré dans votre structure"):
        enregistrer(numero="99999 24 00718", beneficiaire=BeneficiaireFactory(structure=premier.beneficiaire.structure))
    assert enregistrer(numero="99999 24 00718").pk


@pytest.mark.parametrize(("debut", "admis"), [(date(2026, 1, 13), False), (date(2026, 1, 14), True)])
def test_deux_pass_ne_courent_pas_ensemble(debut, admis):
    """Le premier finit le 13/01/2026 : le suivant commence au plus tôt le 14."""
    personne = BeneficiaireFactory()
    enregistrer(beneficiaire=personne)
    if admis:
        habilite = {"prescripteur_habilite": "France Travail Villerive"}
        assert enregistrer(beneficiaire=personne, numero="999992600001", date_debut=debut, **habilite).pk
    else:
        with pytest.raises(ValidationError, match="a déjà un PASS IAE"):
            enregistrer(beneficiaire=personne, numero="999992600001", date_debut=debut)


@pytest.mark.parametrize(
    ("debut", "prescripteur", "admis"),
    [
        (date(2026, 1, 14), "", False),
        (date(2026, 1, 14), "Cap emploi du Rhône", True),
        (date(2028, 1, 13), "", False),
        (date(2028, 1, 14), "", True),
    ],
)
def test_la_carence_se_leve_par_un_prescripteur_habilite(debut, prescripteur, admis):
    """PASS fini le 13/01/2026 : jusqu'au 13/01/2028 compris, un nouveau PASS nomme le prescripteur habilité qui l'a demandé."""
    personne = BeneficiaireFactory()
    enregistrer(beneficiaire=personne)
    suivant = Agrement(
        beneficiaire=personne,
        type_agrement="pass_iae",
        numero="999992600001",
        date_debut=debut,
        prescripteur_habilite=prescripteur,
    )
    if admis:
        assert enregistrer_agrement(agrement=suivant, aujourd_hui=debut).pk
        return
    with pytest.raises(ValidationError, match="Carence jusqu’au 13 janvier 2028 inclus") as refus:
        enregistrer_agrement(agrement=suivant, aujourd_hui=debut)
    assert "prescripteur_habilite" in refus.value.message_dict


def test_un_pass_et_un_plie_courent_ensemble():
    """Un PASS IAE et un PLIE ne se gênent pas."""
    personne = BeneficiaireFactory()
    enregistrer(beneficiaire=personne)
    enregistrer(beneficiaire=personne, type_agrement="plie", numero="")
    assert personne.agrements.count() == 2


def test_un_agrement_ne_change_pas_l_eligibilite():
    """Fiche A3 : enregistrer un PASS IAE ne touche ni la décision ni la fenêtre de clause."""
    eligibilite = EligibiliteFactory()
    enregistrer(beneficiaire=eligibilite.beneficiaire)
    avant = (eligibilite.date_debut, eligibilite.date_fin, eligibilite.decision)
    eligibilite.refresh_from_db()
    assert (eligibilite.date_debut, eligibilite.date_fin, eligibilite.decision) == avant


def test_lecture_pour_la_fiche(nombre_de_requetes):
    """La fiche lit le nom, la teinte, les jours restants et « estimation », en quatre requêtes."""
    personne = BeneficiaireFactory()
    AgrementFactory(
        beneficiaire=personne, numero="999992400718", date_debut=date(2024, 12, 30), date_fin=date(2026, 12, 29)
    )
    AgrementFactory(
        beneficiaire=personne,
        type_agrement="plie",
        numero="",
        porteur="PLIE du Confluent",
        date_debut=date(2022, 4, 1),
        date_fin=date(2024, 3, 31),
        fin_officielle=date(2024, 3, 31),
    )
    with nombre_de_requetes() as requetes:
        pass_iae, plie = agrements_du_jour(personne, AUJOURD_HUI)
    assert len(requetes) == 4
    assert pass_iae.nom == "PASS IAE 99999\u00a024\u00a000718"
    assert (pass_iae.teinte, pass_iae.jours_restants) == ("valide", 42)
    assert pass_iae.fin == "29 décembre 2026 inclus, estimation"
    assert (plie.nom, plie.etat.libelle, plie.fin) == ("PLIE du Confluent", "Fini", "31 mars 2024 inclus")


# Les écrans ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def paysage():
    return Paysage()


def saisie(**ecarts) -> dict[str, str]:
    valeurs = {
        "type_agrement": "pass_iae",
        "numero": "99999 26 00718",
        "porteur": "",
        "date_debut": "02/03/2026",
        "fin_officielle": "",
    }
    return valeurs | ecarts


def test_ajouter_un_agrement(client, paysage):
    """Le facilitateur ajoute un PASS IAE et revient à la fiche, qui confirme une fin estimée."""
    personne = BeneficiaireFactory(structure=paysage.structure)
    client.force_login(paysage.facilitateur)
    reponse = client.post(reverse("parcours:agrement_creer", args=[personne.pk]), saisie(), follow=True)
    assert reponse.redirect_chain[-1][0] == reverse("reporting:personne_fiche", args=[personne.pk])
    assert "Fin estimée\u00a0: 29 février 2028 inclus" in reponse.content.decode()
    assert personne.agrements.get().numero == "999992600718"


def test_une_erreur_garde_la_saisie(client, paysage):
    """Une fin avant le début : la phrase nomme les dates, la saisie reste, rien n'est enregistré."""
    personne = BeneficiaireFactory(structure=paysage.structure)
    client.force_login(paysage.facilitateur)
    envoi = saisie(fin_officielle="01/03/2026", porteur="Élan Chantiers")
    reponse = client.post(reverse("parcours:agrement_creer", args=[personne.pk]), envoi)
    page = reponse.content.decode()
    assert "avant son début du 2 mars 2026" in page
    assert 'value="Élan Chantiers"' in page
    assert "<title>Erreur" in page
    assert not personne.agrements.exists()


def test_estimer_n_enregistre_rien(client, paysage):
    """Pendant la saisie, la page dit la fin estimée sans rien écrire ; une fin écrite la remplace."""
    personne = BeneficiaireFactory(structure=paysage.structure)
    client.force_login(paysage.facilitateur)
    adresse = reverse("parcours:agrement_creer", args=[personne.pk])
    assert "<strong>29 février 2028</strong>" in client.post(adresse, saisie(estimer="1")).content.decode()
    avec_fin = client.post(adresse, saisie(estimer="1", fin_officielle="30/04/2028"))
    assert "Fin estimée" not in avec_fin.content.decode()
    assert not personne.agrements.exists()


def test_modifier_un_agrement(client, paysage):
    """La date imprimée, ajoutée ensuite, remplace l'estimation."""
    client.force_login(paysage.facilitateur)
    adresse = reverse("parcours:agrement_modifier", args=[paysage.agrement.pk])
    page = client.get(adresse).content.decode()
    assert "15/01/2024" in page
    client.post(adresse, saisie(date_debut="15/01/2024", fin_officielle="13/04/2026"))
    paysage.agrement.refresh_from_db()
    assert (paysage.agrement.date_fin, paysage.agrement.est_estime) == (date(2026, 4, 13), False)


def test_supprimer_demande_confirmation(client, paysage):
    """La page de confirmation n'efface rien ; le bouton efface."""
    client.force_login(paysage.facilitateur)
    adresse = reverse("parcours:agrement_supprimer", args=[paysage.agrement.pk])
    assert "Supprimer cet agrément" in client.get(adresse).content.decode()
    assert Agrement.objects.count() == 1
    client.post(adresse)
    assert not Agrement.objects.exists()


@pytest.mark.parametrize("vue", ["agrement_creer", "agrement_modifier", "agrement_supprimer"])
@pytest.mark.parametrize(
    ("compte", "statut"),
    [
        ("facilitateur", 200),
        ("autre_facilitateur", 404),
        ("compte_prescripteur", 403),
        ("compte_acheteur", 403),
        ("compte_entreprise", 403),
    ],
)
def test_droits(client, paysage, vue, compte, statut):
    """Seul le facilitateur de la structure ouvre les agréments d'une personne."""
    objet = paysage.beneficiaire if vue == "agrement_creer" else paysage.agrement
    client.force_login(getattr(paysage, compte))
    assert client.get(reverse(f"parcours:{vue}", args=[objet.pk])).status_code == statut
