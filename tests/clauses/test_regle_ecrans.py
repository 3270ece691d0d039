"""Les pages de la règle d'un marché : réglages rares, pièces et âges, documents, articles, versions, modèles."""

import re
from datetime import date

import pytest
from django.urls import reverse

from clauses.models import Marche, ModeleRegle
from clauses.regles.documents import DOCUMENTS_USUELS, ParametresDocuments
from clauses.services.marches import changer_regle, creer_marche
from tests.clauses.test_marches_ecrans import saisie_de_regle, texte
from tests.fabriques import EligibiliteFactory, MarcheFactory, OperationFactory, StructureFactory, creer_utilisateur

pytestmark = pytest.mark.django_db


@pytest.fixture
def structure():
    return StructureFactory()


@pytest.fixture
def client(client, structure):
    client.force_login(creer_utilisateur(structure))
    return client


@pytest.fixture
def marche(structure):
    """L'exemple des règles : attribué et notifié le 04/03/2024, commencé le 13/05/2024."""
    operation = OperationFactory(structure=structure, date_fin=date(2027, 6, 30))
    return creer_marche(
        marche=Marche(
            operation=operation,
            acheteur=operation.maitre_ouvrage,
            reference="2024-T0003",
            objet="Gros œuvre",
            article="9.3",
            date_attribution=date(2024, 3, 4),
            date_notification=date(2024, 3, 4),
            date_debut=date(2024, 5, 13),
        ),
        par=None,
    )


def adresse(marche, nom="regle_modifier"):
    return reverse(f"clauses:{nom}", args=[marche.pk])


def enregistrer(client, marche, **changements):
    reponse = client.post(adresse(marche), saisie_de_regle(**changements))
    assert reponse.status_code == 302, texte(reponse)
    return marche.regles.get(est_courante=True)


# Réglages rares ------------------------------------------------------------------------------------------------------


def test_une_regle_ordinaire_ne_garde_aucune_option(client, marche):
    """Ce qui est d'usage ne s'écrit pas : la section reste vide, la règle se lit pareil."""
    regle = enregistrer(client, marche)
    assert regle.options == {}
    assert "Réglages plus rares" in texte(client.get(adresse(marche)))


@pytest.mark.parametrize(
    ("changement", "parametre", "valeur"),
    [
        ({"unite_duree": "travail"}, "unite_duree", "travail"),
        ({"perimetre": "entreprise"}, "perimetre", "entreprise"),
        ({"embauche_anterieure": "recente", "embauche_anterieure_mois": "6"}, "embauche_anterieure_mois", 6),
        ({"renouvellement": "avis", "renouvellement_mois": "6"}, "renouvellement_mois", 6),
        ({"changement_entreprise": "nouvelle_fenetre"}, "changement_entreprise", "nouvelle_fenetre"),
        ({"changement_operation": "continue"}, "changement_operation", "continue"),
        ({"globalisation": "interdite"}, "globalisation", "interdite"),
        ({"mois_a_cheval": "prorata"}, "mois_a_cheval", "prorata"),
        ({"organismes_avis": ["PLIE", "ML"]}, "organismes_avis", ("PLIE", "ML")),
        ({"criteres_minimum": "2"}, "criteres_minimum", 2),
        ({"validation_prealable": "", "regularisation_jours": "30"}, "regularisation_jours", 30),
    ],
)
def test_chaque_reglage_rare_se_garde_et_se_relit(client, marche, changement, parametre, valeur):
    """Le réglage est dans la règle, et la page ouvre le pli où il se relit."""
    regle = enregistrer(client, marche, **changement)
    assert getattr(regle.parametres, parametre) == valeur
    page = texte(client.get(adresse(marche)))
    assert re.search(r'<details class="volet[^"]*" open>', page)


def test_durees_par_type_de_contrat(client, marche):
    """CDD : durée du contrat, 24 mois au plus ; SIAE : PASS IAE. L'exemple montre chacune."""
    saisie = {"duree_cdd": "contrat", "duree_cdd_mois": "24", "duree_siae": "agrement"}
    regle = enregistrer(client, marche, **saisie)
    assert regle.options["eligibilite"]["durees_contrat"] == {
        "cdd": {"mesure": "contrat", "mois": 24},
        "siae": {"mesure": "agrement", "mois": None},
    }
    page = texte(client.get(adresse(marche)))
    assert "CDD de 6 mois → jusqu’au 12/11/2024" in page
    assert "CDDI, CTTI, CDI inclusion → jusqu’à la fin du PASS IAE" in page


def test_la_lecture_choisie_decide_de_ce_que_le_marche_tait(client, marche):
    """De I3 à I1 sans toucher aux réglages rares : l'embauche d'avant suit la nouvelle lecture."""
    assert enregistrer(client, marche).parametres.embauche_anterieure == "reexaminee"
    assert enregistrer(client, marche, modele="I1").parametres.embauche_anterieure == "en_cours"


@pytest.mark.parametrize(
    ("changement", "champ", "phrase"),
    [
        ({"unite_duree": "travail", "duree_mois": ""}, "duree_mois", "En temps de travail, donnez la durée"),
        (
            {"unite_duree": "travail", "duree_cdd": "contrat"},
            None,
            "Une durée par type de contrat se compte au calendrier, pas en temps de travail.",
        ),
        ({"unite_duree": "travail", "renouvellement": "diagnostic"}, "renouvellement", "pas un temps de travail"),
        ({"duree_mois": "", "renouvellement": "avis"}, "renouvellement", "ne se renouvelle pas"),
        ({"embauche_anterieure": "recente"}, "embauche_anterieure_mois", "demande un nombre de mois"),
        ({"regularisation_jours": "30"}, "regularisation_jours", "si la validation peut suivre l’embauche"),
        ({"perimetre": "global"}, "point_depart", "se compte depuis le premier contrat de clause"),
        (
            {"changement_entreprise": "nouvelle_fenetre", "point_depart": "notification"},
            "changement_entreprise",
            "comptez les mois depuis l’embauche",
        ),
        ({"perimetre": "entreprise", "point_depart": "attribution"}, "perimetre", "comptez les mois depuis l’embauche"),
        ({"duree_cdd": "mois"}, "duree_cdd_mois", "Donnez le nombre de mois."),
        ({"duree_cdd_mois": "12"}, "duree_cdd_mois", "ne sert à rien sans son choix"),
        ({"criteres": ["RSA"], "criteres_minimum": "2"}, "criteres_minimum", "plus de critères qu’il n’en accepte"),
        ({"renouvellements_maximum": "0", "renouvellement": "avis"}, "renouvellements_maximum", "de 1 à 10"),
    ],
)
def test_des_parametres_qui_se_contredisent_sont_refuses_sur_le_champ(client, marche, changement, champ, phrase):
    """La phrase est sur le champ à corriger ; la règle du marché ne bouge pas."""
    reponse = client.post(adresse(marche), saisie_de_regle(**changement))
    form = reponse.context["form"]
    erreurs = form.errors[champ] if champ else form.non_field_errors()
    assert phrase in " ".join(erreurs).replace("\u00a0", " ")
    regle = marche.regles.get()
    assert (regle.duree_mois, regle.options) == (24, {})


@pytest.mark.parametrize(
    ("point", "champ", "phrase"),
    [
        ("notification", "date_notification", "À compléter : date de notification."),
        ("attribution", "date_attribution", "À compléter : date d’attribution."),
        ("demarrage", "date_debut", "À compléter : date de début d’exécution."),
    ],
)
def test_une_date_du_marche_qui_manque_n_est_pas_devinee(client, marche, point, champ, phrase):
    """Compter depuis une date que le marché n'a pas : refusé, la date est nommée."""
    Marche.objects.filter(pk=marche.pk).update(**{champ: None})
    reponse = client.post(adresse(marche), saisie_de_regle(point_depart=point))
    assert phrase in " ".join(reponse.context["form"].errors["point_depart"]).replace("\u00a0", " ")
    assert marche.regles.get().point_depart == "embauche"


# Articles et versions ------------------------------------------------------------------------------------------------


def test_l_article_et_la_redaction_suivent_la_decision(client, marche):
    """Ce qui est écrit pour la durée est dans la règle, et se relit sur la page ; le reste garde l'article de la clause."""
    saisie = {"citation-duree_mois_article": "9.3.2", "citation-duree_mois_texte": "La durée est de vingt-quatre mois."}
    parametres = enregistrer(client, marche, **saisie).parametres
    assert parametres.article_de("duree_mois") == "CCAP, article 9.3.2"
    assert parametres.textes == {"duree_mois": "La durée est de vingt-quatre mois."}
    assert parametres.article_de("criteres") == "CCAP, article 9.3"
    page = texte(client.get(adresse(marche)))
    assert "Articles du marché (1)" in page
    assert "La durée est de vingt-quatre mois." in page


def test_les_citations_d_une_autre_page_restent(client, marche):
    """Enregistrer cette page ne retire pas l'article d'un paramètre d'une autre."""
    autre = {"citations": {"plafond_formation": {"article": "12", "texte": ""}}}
    changer_regle(marche=marche, sections=autre, par=None)
    assert enregistrer(client, marche).options["citations"] == autre["citations"]


def test_les_versions_disent_qui_quand_et_quoi(client, marche):
    """Une règle qui a servi puis change : la version 2 nomme son auteur et ce qui change, la version 1 garde sa décision."""
    EligibiliteFactory(operation=marche.operation, regle=marche.regles.get())
    enregistrer(client, marche, duree_mois="18", criteres=["RSA", "QPV"])
    page = texte(client.get(adresse(marche)))
    assert "Version 2" in page
    assert "Claire Compte" in page
    assert "Durée : 24 mois → 18 mois" in page
    assert "La règle de départ." in page
    assert "1 décision l’a appliquée." in page


# Pièces et âges ------------------------------------------------------------------------------------------------------


def test_pieces_validites_et_ages_du_marche(client, marche):
    """Une case remplie s'ajoute à l'usage ; l'autre page garde ce qui est écrit ici."""
    saisie = {
        "piece_RSA": "notification de la CAF",
        "validite_RSA": "2",
        "validite_QPV": "sans limite",
        "age_max_CEJ": "25",
    }
    reponse = client.post(adresse(marche, "regle_criteres"), saisie)
    assert reponse.url == adresse(marche, "regle_criteres")
    parametres = marche.regles.get().parametres
    assert parametres.critere("RSA").piece == "notification de la CAF"
    assert (parametres.critere("RSA").validite_piece_mois, parametres.critere("QPV").validite_piece_mois) == (2, None)
    assert (parametres.critere("CEJ").age_min, parametres.critere("CEJ").age_max) == (None, 25)
    assert parametres.critere("SENIOR").age_min == 50
    enregistrer(client, marche, criteres=["RSA", "QPV"], renouvellement="avis")
    assert marche.regles.get().parametres.pieces == {"RSA": "notification de la CAF"}
    page = texte(client.get(adresse(marche, "regle_criteres")))
    assert 'value="notification de la CAF"' in page
    assert 'value="sans limite"' in page


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"validite_RSA": "trois"}, "Écrivez un nombre de mois, de 1 à 60"),
        ({"validite_RSA": "61"}, "Écrivez un nombre de mois, de 1 à 60"),
        ({"age_min_CEJ": "15"}, "Un âge va de 16 à 100 ans."),
        ({"age_min_CEJ": "30"}, "L’âge maximal est plus petit que l’âge minimal"),
    ],
)
def test_une_piece_ou_un_age_faux(client, marche, saisie, phrase):
    """La phrase dit quoi taper ; rien n'est gardé."""
    assert phrase in texte(client.post(adresse(marche, "regle_criteres"), saisie))
    assert marche.regles.get().options == {}


# Documents dus -------------------------------------------------------------------------------------------------------


def lignes(*documents):
    saisie = {"form-TOTAL_FORMS": len(documents), "form-INITIAL_FORMS": 0}
    for rang, (nom, rythme, nombre) in enumerate(documents):
        saisie |= {f"form-{rang}-nom": nom, f"form-{rang}-rythme": rythme, f"form-{rang}-nombre": nombre}
    return saisie


def test_les_documents_d_usage_sont_deja_la(client, marche):
    """Tableau des heures avant le 10, pièces sous 15 jours : la page les propose sans rien enregistrer."""
    page = texte(client.get(adresse(marche, "regle_documents")))
    assert all(document.nom in page for document in DOCUMENTS_USUELS)
    assert marche.regles.get().options == {}


def test_changer_les_documents(client, marche):
    """La liste tapée remplace l'ancienne ; une ligne sans nom ne compte pas."""
    saisie = lignes(("Tableau", "trimestre", "5"), ("Contrat de travail", "demande", "8"), ("", "mois", ""))
    assert client.post(adresse(marche, "regle_documents"), saisie).status_code == 302
    dus = ParametresDocuments.depuis_json(marche.regles.get().options["documents"]).documents
    assert [(d.nom, d.rythme, d.jour_du_mois, d.delai_jours) for d in dus] == [
        ("Tableau", "trimestre", 5, None),
        ("Contrat de travail", "demande", None, 8),
    ]


def test_la_page_dit_que_le_premier_document_mensuel_fixe_le_jour_du(client, marche):
    """D'usage, le 10 ; le tableau des heures le 20, c'est le 20 ; sans document mensuel, le 10, et la page dit pourquoi."""
    page = adresse(marche, "regle_documents")
    assert "Ici, le 10 du mois qui suit. Un mois déjà ouvert garde sa date." in texte(client.get(page))
    client.post(page, lignes(("Bilan", "trimestre", "5"), ("Tableau", "mois", "20"), ("Absences", "mois", "1")))
    assert "Ici, le 20 du mois qui suit." in texte(client.get(page))
    client.post(page, lignes(("Contrat de travail", "demande", "8")))
    lu = texte(client.get(page))
    assert "Ici, le 10 du mois qui suit, puisque aucun document n’est demandé chaque mois." in lu


@pytest.mark.parametrize(
    ("documents", "phrase"),
    [
        ([("Tableau", "mois", "")], "Donnez le jour du mois suivant, de 1 à 28."),
        ([("Tableau", "mois", "29")], "Le jour va de 1 à 28"),
        ([("Contrat", "demande", "")], "Donnez le délai, en jours."),
        ([("Contrat", "demande", "366")], "Le délai va de 0 à 365 jours."),
        ([("Tableau", "mois", "5"), ("tableau ", "mois", "10")], "Deux documents portent le même nom."),
    ],
)
def test_un_document_faux(client, marche, documents, phrase):
    """Jour, délai et noms : chaque refus a sa phrase, et rien n'est gardé."""
    assert phrase in texte(client.post(adresse(marche, "regle_documents"), lignes(*documents)))
    assert marche.regles.get().options == {}


# Modèles -------------------------------------------------------------------------------------------------------------


def test_enregistrer_une_regle_comme_modele_puis_l_appliquer(client, marche, structure):
    """La règle du marché devient un modèle ; appliqué ailleurs, il s'y recopie, et l'aperçu dit ce qui change."""
    enregistrer(client, marche, duree_mois="18", renouvellement="avis", **{"citation-duree_mois_article": "9.3.2"})
    reponse = client.post(
        adresse(marche, "modele_enregistrer"), {"nom": "CCAP de la ville", "description": "Depuis 2024."}
    )
    assert reponse.url == reverse("clauses:modele_liste")
    modele = ModeleRegle.objects.get()
    autre = MarcheFactory(operation__structure=structure)
    apercu = texte(client.get(adresse(autre, "modele_appliquer"), {"modele": str(modele.pk)}))
    assert "24 mois" in apercu
    assert "18 mois" in apercu
    assert not autre.regles.exists()
    client.post(adresse(autre, "modele_appliquer"), {"modele": str(modele.pk)})
    regle = autre.regles.get()
    assert (regle.duree_mois, regle.parametres.renouvellement, regle.criteres) == (18, "avis", ["RSA", "QPV"])
    assert regle.parametres.articles == {}


def test_changer_ou_supprimer_un_modele_ne_touche_pas_les_marches(client, marche, structure):
    """Le marché garde sa copie quand le modèle est renommé, puis supprimé."""
    modele = ModeleRegle.objects.create(
        structure=structure, nom="Court", valeurs={"colonnes": {"duree_mois": 12}, "options": {}}
    )
    client.post(adresse(marche, "modele_appliquer"), {"modele": str(modele.pk)})
    client.post(reverse("clauses:modele_modifier", args=[modele.pk]), {"nom": "Très court"})
    modele.refresh_from_db()
    assert modele.nom == "Très court"
    assert "gardent leur règle" in texte(client.get(reverse("clauses:modele_supprimer", args=[modele.pk])))
    client.post(reverse("clauses:modele_supprimer", args=[modele.pk]))
    assert not ModeleRegle.objects.exists()
    assert marche.regles.get().duree_mois == 12


@pytest.mark.parametrize(
    ("cle", "attendu"),
    [
        ("I1", ("I1", "embauche", "en_cours", "operation")),
        ("I2", ("I2", "premier_contrat", "reexaminee", "global")),
        ("I3", ("I3", "embauche", "reexaminee", "operation")),
    ],
)
def test_les_trois_lectures_livrees_s_appliquent(client, marche, cle, attendu):
    """I1, I2, I3 : chaque lecture donne son point de départ, le sort d'une embauche d'avant et ce que couvre la fenêtre."""
    enregistrer(client, marche, duree_mois="12", renouvellement="avis")
    client.post(adresse(marche, "modele_appliquer"), {"modele": cle})
    p = marche.regles.get().parametres
    assert (p.modele, p.point_depart, p.embauche_anterieure, p.perimetre) == attendu
    assert (p.duree_mois, p.renouvellement, len(p.criteres)) == (24, "aucun", 2)


def test_un_modele_qui_demande_une_date_absente_est_refuse(client, marche, structure):
    """La date à compléter est nommée avant d'appliquer, et à l'application."""
    modele = ModeleRegle.objects.create(
        structure=structure, nom="Notifié", valeurs={"colonnes": {"point_depart": "notification"}, "options": {}}
    )
    Marche.objects.filter(pk=marche.pk).update(date_notification=None)
    for methode in (client.get, client.post):
        page = texte(methode(adresse(marche, "modele_appliquer"), {"modele": str(modele.pk)}))
        assert "À compléter : date de notification." in page
    assert marche.regles.get().point_depart == "embauche"


def test_deux_modeles_du_meme_nom_et_un_nom_vide(client, marche, structure):
    """Refusés avec une phrase ; rien n'est enregistré."""
    ModeleRegle.objects.create(structure=structure, nom="Court", valeurs={})
    page = texte(client.post(adresse(marche, "modele_enregistrer"), {"nom": "court"}))
    assert "Un modèle de ce nom existe déjà dans votre structure." in page
    assert "Donnez un nom à ce modèle." in texte(client.post(adresse(marche, "modele_enregistrer"), {"nom": " "}))
    assert ModeleRegle.objects.count() == 1


def test_les_modeles_d_une_autre_structure_sont_hors_de_portee(client, marche):
    """Ni dans la liste, ni applicables, ni modifiables."""
    ailleurs = ModeleRegle.objects.create(structure=StructureFactory(), nom="Secret", valeurs={})
    assert "Secret" not in texte(client.get(reverse("clauses:modele_liste")))
    page = texte(client.get(adresse(marche, "modele_appliquer"), {"modele": str(ailleurs.pk)}))
    assert "Ce modèle n’est pas dans la liste" in page
    for nom in ("modele_modifier", "modele_supprimer"):
        assert client.post(reverse(f"clauses:{nom}", args=[ailleurs.pk]), {"nom": "À moi"}).status_code == 404
    assert ModeleRegle.objects.get().nom == "Secret"


def test_le_marche_d_une_autre_structure_est_introuvable(client):
    """Chaque page de la règle d'ailleurs : 404."""
    ailleurs = MarcheFactory()
    for nom in ("regle_criteres", "regle_documents", "modele_appliquer", "modele_enregistrer"):
        assert client.get(adresse(ailleurs, nom)).status_code == 404


def test_autant_de_requetes_pour_une_version_que_pour_six(client, marche, nombre_de_requetes):
    """L'histoire d'une règle se lit en un nombre constant de requêtes."""
    client.get(adresse(marche))
    with nombre_de_requetes() as une:
        client.get(adresse(marche))
    for mois in range(5):
        EligibiliteFactory(operation=marche.operation, regle=marche.regles.get(est_courante=True))
        changer_regle(marche=marche, valeurs={"duree_mois": 6 + mois}, par=None)
    with nombre_de_requetes() as six:
        assert "Version 6" in texte(client.get(adresse(marche)))
    assert len(six) == len(une)


def test_les_dates_de_l_exemple_sont_celles_du_marche(client, marche):
    """Embauche du 13/05/2024 (début d'exécution), 24 mois, renouvelée une fois de 12 : 12/05/2027."""
    enregistrer(client, marche, renouvellement="avis")
    assert "Renouvelée une fois → jusqu’au 12/05/2027" in texte(client.get(adresse(marche)))
    assert marche.date_debut == date(2024, 5, 13)
