"""Les freins et les actions à l'écran : un geste par état, des codes, l'orientation suivie, l'histoire, qui lit et qui répond."""

import copy
from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from parcours.lectures_freins import freins_suivis
from parcours.models import Action, EtatFrein, Frein, ImportServices, Parcours, ServiceInsertion
from parcours.services.freins import decrire_frein
from tests.fabriques import Paysage
from tests.lire_html import formulaires, texte

pytestmark = pytest.mark.django_db
AUJOURD_HUI = date(2026, 11, 17)


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    """Le paysage au 17 novembre 2026 : un parcours commencé le 2 février, la mobilité repérée le 1er septembre."""
    with time_machine.travel("2026-11-17T10:00:00+01:00", tick=False):
        paysage = Paysage()
        paysage.parcours = Parcours.objects.create(beneficiaire=paysage.beneficiaire, date_debut=date(2026, 2, 2))
        paysage.frein = creer_frein(paysage, "mobilite", situations=[7], objectifs=[28])
        return paysage


@pytest.fixture
def paysage(_paysage_bati, db):
    with time_machine.travel("2026-11-17T10:00:00+01:00", tick=False):
        yield copy.deepcopy(_paysage_bati)


@pytest.fixture
def facilitateur(client, paysage):
    client.force_login(paysage.facilitateur)
    return client


def creer_frein(paysage, rubrique: str, etat: str = "repere", jour: date = date(2026, 9, 1), **suite) -> Frein:
    return Frein.objects.create(
        parcours=paysage.parcours, rubrique=rubrique, etat=etat, date_etat=jour, repere_le=jour, **suite
    )


def creer_action(paysage, **suite) -> Action:
    valeurs = {"intitule": "Préparer le permis B", "date_debut": date(2026, 9, 7), "auteur": paysage.facilitateur}
    return Action.objects.create(frein=paysage.frein, **(valeurs | suite))


def adresse(nom: str, pk, *suite) -> str:
    return reverse(f"parcours:{nom}", args=[pk, *suite])


def lire(client, url: str) -> str:
    return texte(client.get(url, follow=True).content.decode()).replace("\u00a0", " ")


def envoyer(client, url: str, **saisie):
    """Le formulaire de la page, tel quel, avec ce qui est tapé."""
    page = client.get(url).content.decode()
    return client.post(url, next(f.valeurs for f in formulaires(page) if f.methode == "post") | saisie)


def etat(paysage, rubrique: str) -> str:
    return Frein.objects.get(parcours=paysage.parcours, rubrique=rubrique).etat


# --- un geste ---------------------------------------------------------------------------------------------------------


def test_un_geste_change_l_etat_et_l_on_revient_au_frein(facilitateur, paysage):
    """Sans script : la page des freins, à la hauteur de celui-ci, avec une phrase."""
    url = adresse("frein_etat", paysage.parcours.pk, "mobilite")
    reponse = facilitateur.post(url, {"vers": "en_cours"})
    assert reponse.url == adresse("frein_liste", paysage.beneficiaire.pk) + "#frein-mobilite"
    assert "Mobilité : en cours de levée depuis aujourd’hui." in lire(facilitateur, reponse.url)
    frein = Frein.objects.get(pk=paysage.frein.pk)
    assert (frein.etat, frein.date_etat, frein.repere_le) == ("en_cours", AUJOURD_HUI, date(2026, 9, 1))


def test_avec_htmx_seule_la_ligne_revient(facilitateur, paysage):
    """Levé le 17 novembre, repéré le 1er septembre : 77 jours. Le refus revient aussi dans la ligne."""
    url = adresse("frein_etat", paysage.parcours.pk, "mobilite")
    reponse = facilitateur.post(url, {"vers": "leve"}, headers={"HX-Request": "true"})
    ligne = texte(reponse.content.decode()).replace("\u00a0", " ")
    assert "levé en 77 jours" in ligne and "<html" not in reponse.content.decode()
    refus = facilitateur.post(url, {"vers": "sans_objet"}, headers={"HX-Request": "true"})
    assert refus.status_code == 422
    assert "Un frein levé se rouvre avant de devenir sans objet." in refus.content.decode()
    assert etat(paysage, "mobilite") == "leve"


def test_un_frein_dont_on_n_a_pas_parle_nait_du_geste(facilitateur, paysage):
    """Les neuf sont là, huit « non abordé » ; un geste sur le logement crée sa ligne, deux gestes n'en font qu'une."""
    assert lire(facilitateur, adresse("frein_liste", paysage.beneficiaire.pk)).count("Non abordé") == 8
    for _ in range(2):
        facilitateur.post(adresse("frein_etat", paysage.parcours.pk, "logement"), {"vers": "repere"})
    assert etat(paysage, "logement") == "repere"
    assert Frein.objects.count() == 2


@pytest.mark.parametrize("vers", ["", "gueri", "non_aborde"])
def test_un_etat_invente_ou_impossible_ne_change_rien(facilitateur, paysage, vers):
    """La phrase le dit, l'état reste."""
    reponse = facilitateur.post(adresse("frein_etat", paysage.parcours.pk, "mobilite"), {"vers": vers}, follow=True)
    lu = texte(reponse.content.decode())
    assert "Cet état n’existe pas" in lu or "ne redevient pas" in lu
    assert etat(paysage, "mobilite") == "repere"


def test_une_rubrique_inconnue_est_introuvable(facilitateur, paysage):
    """Rien ne se crée hors des neuf."""
    assert (
        facilitateur.post(adresse("frein_etat", paysage.parcours.pk, "paresse"), {"vers": "repere"}).status_code == 404
    )
    assert facilitateur.get(adresse("frein_modifier", paysage.parcours.pk, "paresse")).status_code == 404


def test_un_parcours_fini_se_lit_et_ne_change_plus(facilitateur, paysage):
    """Ni bouton, ni changement : la phrase dit depuis quand."""
    Parcours.objects.update(date_fin=date(2026, 10, 30))
    page = facilitateur.get(adresse("frein_liste", paysage.beneficiaire.pk)).content.decode()
    assert "Dire levé" not in page and "Décrire" not in page
    reponse = facilitateur.post(adresse("frein_etat", paysage.parcours.pk, "mobilite"), {"vers": "leve"}, follow=True)
    assert "Ce parcours est fini depuis le 30 octobre 2026" in texte(reponse.content.decode())
    assert etat(paysage, "mobilite") == "repere"


# --- décrire ----------------------------------------------------------------------------------------------------------


def test_decrire_un_frein_par_des_cases(facilitateur, paysage):
    """Situations et objectifs de France Travail, une date, une précision."""
    url = adresse("frein_modifier", paysage.parcours.pk, "logement")
    saisie = {
        "etat": "repere",
        "jour": "05/10/2026",
        "situations": ["26"],
        "objectifs": ["18"],
        "precision": "Deux mois",
    }
    envoyer(facilitateur, url, **saisie)
    frein = Frein.objects.get(rubrique="logement")
    assert (frein.repere_le, frein.situations, frein.objectifs, frein.precision) == (
        date(2026, 10, 5),
        [26],
        [18],
        "Deux mois",
    )
    page = lire(facilitateur, adresse("frein_liste", paysage.beneficiaire.pk))
    assert "Difficulté à payer le loyer. On vise : Réduire les impayés de loyer. Deux mois" in page


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"jour": "18/11/2026", "etat": "en_cours"}, "Le 18 novembre 2026 est à venir"),
        ({"jour": "31/08/2026", "etat": "en_cours"}, "la suite ne peut pas être datée d’avant"),
        ({"jour": "", "etat": "en_cours"}, "Indiquez depuis quel jour."),
        ({"situations": ["26"]}, "Sélectionnez un choix valide"),
        ({"etat": "gueri"}, "Sélectionnez un choix valide"),
        ({"precision": "1 84 12 76 451 089 46"}, "numéro de sécurité sociale"),
    ],
)
def test_une_description_fausse_dit_pourquoi_et_garde_la_saisie(facilitateur, paysage, saisie, phrase):
    """Date à venir, avant l'état d'avant, code d'un autre frein, état inventé, NIR : rien n'est changé."""
    avant = Frein.objects.values().get(pk=paysage.frein.pk)
    reponse = envoyer(facilitateur, adresse("frein_modifier", paysage.parcours.pk, "mobilite"), **saisie)
    assert reponse.status_code == 200
    assert phrase in texte(reponse.content.decode()).replace("\u00a0", " ")
    assert Frein.objects.values().get(pk=paysage.frein.pk) == avant


def test_la_sante_n_a_pas_de_texte(facilitateur, paysage):
    """Ni champ à l'écran, ni texte glissé dans l'envoi ; la base le refuse aussi."""
    url = adresse("frein_modifier", paysage.parcours.pk, "sante")
    assert "precision" not in next(
        f.valeurs for f in formulaires(facilitateur.get(url).content.decode()) if f.methode == "post"
    )
    envoyer(facilitateur, url, etat="repere", situations=["16"], precision="Diabète")
    frein = Frein.objects.get(rubrique="sante")
    assert (frein.situations, frein.precision) == ([16], "")
    with pytest.raises(ValidationError, match="sans texte libre"):
        decrire_frein(
            parcours=paysage.parcours,
            rubrique="sante",
            etat=frein.faits.etat,
            jour=frein.date_etat,
            situations=[],
            objectifs=[],
            precision="Diabète",
            aujourd_hui=AUJOURD_HUI,
        )


def test_sans_objet_efface_ce_qui_en_etait_dit(facilitateur, paysage):
    """Ce n'était pas un frein : plus de situation, plus de date de repérage ; l'histoire garde le reste."""
    facilitateur.post(adresse("frein_etat", paysage.parcours.pk, "mobilite"), {"vers": "sans_objet"})
    frein = Frein.objects.get(pk=paysage.frein.pk)
    assert (frein.situations, frein.objectifs, frein.repere_le) == ([], [], None)
    histoire = lire(facilitateur, adresse("frein_detail", frein.pk))
    assert "Repéré, depuis le 1er septembre 2026" in histoire
    assert "Sans objet, depuis le 17 novembre 2026" in histoire


def test_l_histoire_dit_qui_a_fait_quoi(facilitateur, paysage):
    """Du plus récent au plus ancien, actions comprises, avec le nom de qui a changé."""
    facilitateur.post(adresse("frein_etat", paysage.parcours.pk, "mobilite"), {"vers": "leve"})
    facilitateur.post(adresse("frein_etat", paysage.parcours.pk, "mobilite"), {"vers": "en_cours"})
    envoyer(facilitateur, adresse("action_creer", paysage.frein.pk), intitule="Louer un scooter")
    page = lire(facilitateur, adresse("frein_detail", paysage.frein.pk))
    assert "Rouvert, depuis le 17 novembre 2026" in page
    assert "Action « Louer un scooter », à partir du 17 novembre 2026" in page
    assert paysage.facilitateur.get_full_name() in page


# --- bloqué -----------------------------------------------------------------------------------------------------------


def test_bloque_se_dit_pareil_en_sql_et_par_la_regle(paysage, django_assert_num_queries):
    """Au 30 novembre, la mobilité (1er septembre) a 90 jours : pas encore ; le lendemain, si. Une action la débloque."""
    creer_frein(paysage, "logement", "en_cours", date(2026, 3, 2))
    creer_frein(paysage, "numerique", "leve", date(2026, 3, 2), leve_le=date(2026, 3, 2))

    def bloques(jour: date) -> set[str]:
        en_sql = set(Frein.objects.bloques(jour=jour, seuil_jours=90).values_list("rubrique", flat=True))
        assert en_sql == {s.rubrique for s in freins_suivis(paysage.parcours, jour) if s.est_bloque}
        return en_sql

    assert bloques(date(2026, 11, 30)) == {"logement"}
    assert bloques(date(2026, 12, 1)) == {"logement", "mobilite"}
    action = creer_action(paysage)
    assert bloques(date(2026, 12, 1)) == {"logement"}
    action.date_fin = date(2027, 3, 1)
    action.save()
    assert bloques(date(2027, 3, 1)) == {"logement"}
    assert bloques(date(2027, 3, 2)) == {"logement"}  # sa fin, hier, est un signe
    assert bloques(date(2027, 5, 31)) == {"logement", "mobilite"}
    with django_assert_num_queries(2):
        freins_suivis(paysage.parcours, AUJOURD_HUI)


# --- actions ----------------------------------------------------------------------------------------------------------


def test_une_action_commencee_met_le_frein_en_cours(facilitateur, paysage):
    """La page le dit ; une action prévue laisse le frein repéré."""
    url = adresse("action_creer", paysage.frein.pk)
    envoyer(facilitateur, url, intitule="Location d’un scooter", date_debut="01/12/2026")
    assert etat(paysage, "mobilite") == "repere"
    envoyer(facilitateur, url, intitule="Préparer le permis B", date_debut="02/11/2026")
    frein = Frein.objects.get(pk=paysage.frein.pk)
    assert (frein.etat, frein.date_etat) == ("en_cours", date(2026, 11, 2))
    assert "Le frein est maintenant en cours de levée." in lire(
        facilitateur, adresse("frein_liste", paysage.beneficiaire.pk)
    )


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"intitule": ""}, "Dites ce qui est fait."),
        ({"date_fin": "01/01/2026"}, "L’action ne peut pas finir avant d’avoir commencé."),
        ({"resultat": "aboutie"}, "Une action close a une date de fin."),
        ({"reponse": "envoyee"}, "Dites quand l’orientation a été envoyée."),
        ({"intitule": "1 84 12 76 451 089 46"}, "numéro de sécurité sociale"),
        (
            {"reponse": "refusee", "envoyee_le": "02/11/2026", "repondue_le": "03/11/2026"},
            "Dites pourquoi le service refuse.",
        ),
        (
            {"reponse": "acceptee", "envoyee_le": "02/11/2026", "repondue_le": "01/11/2026"},
            "La réponse ne peut pas précéder l’envoi.",
        ),
    ],
)
def test_une_action_fausse_dit_pourquoi_et_garde_la_saisie(facilitateur, paysage, saisie, phrase):
    """Rien n'est créé, le frein ne bouge pas, ce qui est tapé reste."""
    tape = {"intitule": "Préparer le permis B", "structure": "Auto-école solidaire"} | saisie
    reponse = envoyer(facilitateur, adresse("action_creer", paysage.frein.pk), **tape)
    page = reponse.content.decode()
    assert phrase in texte(page).replace("\u00a0", " ")
    assert "Auto-école solidaire" in page
    assert not Action.objects.exists() and etat(paysage, "mobilite") == "repere"


def test_pas_d_action_sur_un_frein_leve(facilitateur, paysage):
    """La phrase dit quoi faire d'abord."""
    facilitateur.post(adresse("frein_etat", paysage.parcours.pk, "mobilite"), {"vers": "leve"})
    reponse = envoyer(facilitateur, adresse("action_creer", paysage.frein.pk), intitule="Permis")
    assert "dites-le repéré, puis ajoutez l’action" in reponse.content.decode()
    assert not Action.objects.exists()


def service(etat_import: str = "en_service") -> ServiceInsertion:
    importation = ImportServices.objects.create(departement="59", fichier="59.json", etat=etat_import)
    return ServiceInsertion.objects.create(
        import_services=importation,
        identifiant="dora--1",
        source="dora",
        nom="Permis solidaire",
        structure_nom="Mobilité pour tous",
        thematiques=["mobilite--preparer-un-permis"],
    )


def test_un_service_choisi_remplit_l_action(facilitateur, paysage):
    """Son nom et sa structure se reprennent, son identifiant se garde."""
    url = f"{adresse('action_creer', paysage.frein.pk)}?service={service().identifiant}"
    envoyer(facilitateur, url)
    action = Action.objects.get()
    assert (action.intitule, action.structure, action.service_id) == (
        "Permis solidaire",
        "Mobilité pour tous",
        "dora--1",
    )


@pytest.mark.parametrize("etat_import", ["remplace", "en_cours"])
def test_un_service_qui_n_est_plus_en_service_ne_remplit_rien(facilitateur, paysage, etat_import):
    """Ni un import remplacé, ni un identifiant inventé : la page s'ouvre, vide."""
    service(etat_import)
    for identifiant in ("dora--1", "x" * 500, "%00", "%F0%9F"):
        page = lire(facilitateur, f"{adresse('action_creer', paysage.frein.pk)}?service={identifiant}")
        assert "Permis solidaire" not in page and "Ajouter une action" in page


def test_pour_la_sante_ni_service_ni_texte(facilitateur, paysage):
    """L'action se choisit dans la liste ; le nom du service n'est pas repris, et la page dit pourquoi."""
    frein = creer_frein(paysage, "sante")
    url = f"{adresse('action_creer', frein.pk)}?service={service().identifiant}"
    page = lire(facilitateur, url)
    assert "dirait de quoi la personne souffre" in page and "Permis solidaire" not in page
    intitule = "Bénéficier d’un accompagnement pour accéder aux droits et aux soins"
    envoyer(facilitateur, url, intitule=intitule, structure="Addictologie")
    action = Action.objects.get()
    assert (action.intitule, action.structure, action.service_id) == (intitule, "", "")
    refus = envoyer(facilitateur, url, intitule="Cure")
    assert "Sélectionnez un choix valide" in refus.content.decode()


def test_clore_une_action(facilitateur, paysage):
    """Un résultat et un dernier jour ; le frein reste à lever, la page le rappelle."""
    action = creer_action(paysage)
    envoyer(facilitateur, adresse("action_clore", action.pk), resultat="sans_effet", date_fin="16/11/2026")
    action.refresh_from_db()
    assert (action.resultat, action.date_fin) == ("sans_effet", date(2026, 11, 16))
    assert "Sans effet" in lire(facilitateur, adresse("frein_liste", paysage.beneficiaire.pk))
    refus = envoyer(facilitateur, adresse("action_clore", action.pk), date_fin="18/11/2026")
    assert "son résultat se dira ce jour-là" in refus.content.decode()


def test_retirer_une_action_demande_confirmation(facilitateur, paysage):
    """L'histoire garde qu'elle a existé, le frein garde son état."""
    action = creer_action(paysage)
    assert "Retirer cette action" in lire(facilitateur, adresse("action_supprimer", action.pk))
    facilitateur.post(adresse("action_supprimer", action.pk))
    assert not Action.objects.exists() and etat(paysage, "mobilite") == "repere"
    assert "Action « Préparer le permis B » retirée" in lire(facilitateur, adresse("frein_detail", paysage.frein.pk))


# --- le prescripteur --------------------------------------------------------------------------------------------------


def envoyee(paysage, **suite) -> Action:
    return creer_action(paysage, reponse="envoyee", envoyee_le=date(2026, 10, 5), **suite)


def test_le_prescripteur_lit_sans_rien_changer(client, paysage):
    """Freins, actions et histoire ; aucun bouton, aucun formulaire."""
    client.force_login(paysage.compte_prescripteur)
    creer_action(paysage)
    for url in (adresse("frein_liste", paysage.beneficiaire.pk), adresse("frein_detail", paysage.frein.pk)):
        page = client.get(url).content.decode()
        assert "Préparer le permis B" in page and "Dépendant des transports" in page
        assert "Décrire" not in page and not [f for f in formulaires(page) if f.methode == "post"]


def test_le_prescripteur_note_la_reponse_de_l_action_qu_il_mobilise(client, paysage):
    """Refusée avec sa raison : le facilitateur la lit."""
    action = envoyee(paysage, mobilisee_par=paysage.prescripteur)
    client.force_login(paysage.compte_prescripteur)
    assert (
        adresse("action_repondre", action.pk)
        in client.get(adresse("frein_liste", paysage.beneficiaire.pk)).content.decode()
    )
    saisie = {"reponse": "refusee", "repondue_le": "12/10/2026", "motif_refus": "Complet jusqu’en janvier"}
    envoyer(client, adresse("action_repondre", action.pk), **saisie)
    action.refresh_from_db()
    assert (action.reponse, action.repondue_le) == ("refusee", date(2026, 10, 12))
    client.force_login(paysage.facilitateur)
    assert "Refusée par le service le 12 octobre 2026 : Complet jusqu’en janvier." in lire(
        client, adresse("frein_liste", paysage.beneficiaire.pk)
    )
    assert "n’attend pas de réponse" in lire(client, adresse("action_repondre", action.pk))


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"repondue_le": "04/10/2026"}, "L’orientation est partie le 5 octobre 2026"),
        ({"repondue_le": "18/11/2026"}, "est dans le futur"),
        ({"reponse": "refusee"}, "Dites pourquoi le service refuse."),
        ({"reponse": "envoyee"}, "Sélectionnez un choix valide"),
    ],
)
def test_une_reponse_impossible_dit_pourquoi(facilitateur, paysage, saisie, phrase):
    """Avant l'envoi, à venir, refus sans raison, réponse inventée."""
    action = envoyee(paysage)
    reponse = envoyer(facilitateur, adresse("action_repondre", action.pk), **saisie)
    assert phrase in texte(reponse.content.decode()).replace("\u00a0", " ")
    action.refresh_from_db()
    assert action.reponse == "envoyee"


def test_le_prescripteur_ne_repond_pas_pour_un_autre(client, paysage):
    """L'action que la structure mobilise lui est montrée, pas confiée."""
    action = envoyee(paysage)
    client.force_login(paysage.compte_prescripteur)
    saisie = {"reponse": "acceptee", "repondue_le": "12/10/2026"}
    assert client.post(adresse("action_repondre", action.pk), saisie).status_code == 403
    action.refresh_from_db()
    assert action.reponse == "envoyee"


# --- la fiche de la personne ------------------------------------------------------------------------------------------


def test_la_fiche_de_la_personne_montre_ses_freins(facilitateur, paysage):
    """Ceux dont on a parlé, avec leurs actions ; les autres restent à la page des neuf."""
    creer_action(paysage, structure="Auto-école solidaire")
    page = lire(facilitateur, reverse("reporting:personne_fiche", args=[paysage.beneficiaire.pk]))
    assert "Freins et actions" in page and "Préparer le permis B, Auto-école solidaire." in page
    assert "Non abordé" not in page


def test_les_etats_de_la_base_sont_ceux_de_la_regle():
    """Une liste, deux lecteurs."""
    from parcours.regles.freins import LIBELLES_ETAT_FREIN

    assert EtatFrein.choices == [(etat.value, libelle) for etat, libelle in LIBELLES_ETAT_FREIN.items()]
