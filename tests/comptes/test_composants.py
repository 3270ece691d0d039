"""Les composants d'Étape : ce que rend chaque balise de {% load etape %}, et les champs de formulaire."""

from datetime import UTC, date, datetime
from decimal import Decimal

import django_tables2 as tables
import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory
from django.urls import reverse

from comptes import contexte
from comptes.formulaires import ChampDate, ChampDecimal
from tests.fabriques import AcheteurFactory, EntrepriseFactory, PrescripteurFactory, StructureFactory, creer_utilisateur

INSECABLE = "\u00a0"


def rendre(source: str, requete=None, **valeurs) -> str:
    return engines["django"].from_string("{% load etape %}" + source).render(valeurs, requete)


class Fiche(forms.Form):
    nom = forms.CharField(label="Nom")
    note = forms.CharField(label="Note", required=False, help_text="Lue par vos collègues.")
    debut = ChampDate(label="Début", required=False)
    heures = ChampDecimal(label="Heures", required=False, max_digits=7, decimal_places=2)
    choix = forms.ChoiceField(label="Que choisir ?", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    accord = forms.BooleanField(label="J’ai son accord", required=False)


# Balises ---------------------------------------------------------------------------------------------------------


def test_puce_dit_son_etat_en_mots_avec_une_icone():
    """Jamais la couleur seule : la puce porte un mot et une icône ignorée des lecteurs d'écran."""
    html = rendre('{% puce "attente" "À surveiller" "oeil" %}')
    assert 'class="puce puce-attente"' in html
    assert "À surveiller" in html
    assert 'href="#i-oeil"' in html
    assert 'aria-hidden="true"' in html


def test_puce_echappe_son_mot():
    """Un mot venu de la base ne devient jamais du HTML."""
    assert "<script>" not in rendre('{% puce "info" mot %}', mot="<script>")


def test_icones_des_composants_sont_dans_la_planche():
    """Chaque icône qu'un gabarit d'Étape dessine existe dans la planche de symboles."""
    planche = rendre('{% include "composants/symboles.html" %}')
    for nom in ("coche", "horloge", "croix", "info", "point", "triangle", "haut", "bas", "tri", "gauche", "fleche"):
        assert f'id="i-{nom}"' in planche


def test_carte_de_travail():
    """La carte mène à sa liste ; son unité s'accorde et sa note garde sa mise en forme."""
    html = rendre(
        '{% carte "horloge" "Heures à vérifier" "/heures/" n "déclaration" %}<strong>12</strong>{% endcarte %}', n=37
    )
    assert 'href="/heures/"' in html
    assert "37</span> déclarations" in html
    assert "<strong>12</strong>" in html


def test_carte_a_zero():
    """À zéro la carte reste, et dit qu'il n'y a rien à faire."""
    html = rendre('{% carte "horloge" "Heures à vérifier" "/heures/" 0 "déclaration" %}note{% endcarte %}')
    assert ">0</span> déclaration<" in html
    assert "rien à faire" in html
    assert "note" not in html.replace("carte-note", "")


def test_jauge():
    """Les largeurs sont des attributs, la jauge est ignorée des lecteurs d'écran."""
    html = rendre("{% jauge dues=d validees=v a_verifier=a attendues=t %}", d=6000, v=Decimal(2580), a=300, t=3000)
    assert 'width="43%"' in html
    assert 'x="43%"' in html
    assert 'x1="50%"' in html
    assert 'aria-hidden="true"' in html
    assert "style=" not in html


def test_ariane():
    """La page même n'est pas un lien."""
    html = rendre('{% ariane "Opérations" "/operations/" "Les Peupliers" %}')
    assert '<a href="/operations/">Opérations</a>' in html
    assert '<li aria-current="page">Les Peupliers</li>' in html


def test_etapes():
    """On revient par les étapes faites ; l'étape courante est dite aux lecteurs d'écran."""
    html = rendre("{% etapes liste 2 %}", liste=[("La personne", "/1/"), ("Sa situation", "/2/"), "Envoyer"])
    assert '<a href="/1/">La personne</a>' in html
    assert 'aria-current="step">Sa situation' in html
    assert "/2/" not in html


def test_message_vide_pourquoi_document():
    """Le corps d'un composant garde son HTML, son titre est échappé."""
    assert "<h2>a &lt; b</h2>" in rendre('{% message "refus" t %}<p>x</p>{% endmessage %}', t="a < b")
    assert 'class="dessin"' in rendre('{% vide "Rien" %}<p>x</p>{% endvide %}')
    assert 'class="dessin"' not in rendre('{% vide "Rien" dessin=False %}<p>x</p>{% endvide %}')
    refus = rendre('{% pourquoi "Pas éligible" "refus" "CCAP, article 9.3" %}<p>x</p>{% endpourquoi %}')
    assert "pourquoi-refus" in refus
    assert "CCAP, article 9.3" in refus
    assert "<a" not in rendre('{% document "" "Bilan en préparation" %}')


def test_compte_des_lignes():
    """« 12 personnes sur 214 », ou « 214 personnes » quand rien n'est filtré."""
    assert rendre('{% compte_lignes 12 214 "personne" %}') == f"12{INSECABLE}personnes sur 214"
    assert rendre('{% compte_lignes 214 214 "personne" %}') == f"214{INSECABLE}personnes"


def test_ecritures_dans_un_gabarit():
    """Les filtres prennent dates, instants et nombres ; un instant est lu à l'heure de Paris."""
    instant = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    assert rendre("{{ d|date_longue }}", d=date(2028, 3, 1)) == "1er mars 2028"
    assert rendre("{{ i|date_longue }} {{ i|heure }}", i=instant) == f"1er novembre 2026 0{INSECABLE}h{INSECABLE}30"
    assert rendre("{{ v|part:d|pourcent }}", v=2580, d=6000) == f"43{INSECABLE}%"
    assert rendre('{{ n }} {{ n|pluriel:"travail,travaux" }}', n=3) == "3 travaux"
    assert rendre("{{ d|dans_jours:a }}", d=date(2026, 12, 29), a=date(2026, 11, 17)) == f"dans 42{INSECABLE}jours"
    assert rendre("{{ d|date_courte }}", d=None) == "–"


# Formulaires -----------------------------------------------------------------------------------------------------


def test_champ_avec_aide_et_erreur():
    """L'aide et l'erreur sont liées au champ, qui se dit invalide et garde la saisie."""
    html = str(Fiche({"nom": "", "note": "x"})["nom"].as_field_group())
    assert 'for="id_nom"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_nom_error"' in html
    assert 'id="id_nom_error"' in html
    assert 'class="form-control"' in html
    note = str(Fiche()["note"].as_field_group())
    assert 'id="id_note_helptext"' in note
    assert "facultatif" in note


def test_case_seule_ne_se_dit_pas_facultative():
    """Une case non cochée est une réponse : le mot « facultatif » n'y a pas de sens."""
    html = str(Fiche()["accord"].as_field_group())
    assert "form-check-input" in html
    assert "facultatif" not in html


def test_choix_dans_un_fieldset():
    """Un groupe de choix a une légende ; chaque choix a son étiquette."""
    html = str(Fiche()["choix"].as_field_group())
    assert "<legend" in html
    assert 'for="id_choix_0"' in html


def test_date_se_tape_en_francais():
    """Le champ montre le format, ouvre le pavé numérique et réaffiche la date comme on la tape."""
    html = str(Fiche(initial={"debut": date(2026, 11, 6)})["debut"].as_field_group())
    assert 'type="text"' in html
    assert 'inputmode="numeric"' in html
    assert 'value="06/11/2026"' in html
    assert "jj/mm/aaaa" in html


@pytest.mark.parametrize("saisie", ["06/11/2026", "6/11/26", "06-11-2026", "06.11.2026", "06112026", "2026-11-06"])
def test_date_comprise(saisie):
    """Les façons d'écrire une date que les gens ont vraiment."""
    assert ChampDate().clean(saisie) == date(2026, 11, 6)


@pytest.mark.parametrize("saisie", ["31/02/2026", "demain", "2026", "0611"])
def test_date_refusee(saisie):
    """Un refus montre un exemple."""
    with pytest.raises(forms.ValidationError, match="06/11/2026"):
        ChampDate().clean(saisie)


@pytest.mark.parametrize(
    ("saisie", "attendu"),
    [
        ("1 421,5", "1421.5"),
        (f"1{INSECABLE}421,5", "1421.5"),
        ("1421.5", "1421.5"),
        ("35 h", "35"),
        ("60,50 €", "60.5"),
        ("−12", "-12"),
        (",5", "0.5"),
    ],
)
def test_nombre_compris(saisie, attendu):
    """La virgule, le point, les espaces et l'unité sont compris."""
    assert ChampDecimal().clean(saisie) == Decimal(attendu)


@pytest.mark.parametrize("saisie", ["1e", "NC", "NaN", "Infinity", "1,2,3", "12-3", "0x10"])
def test_nombre_refuse(saisie):
    """Ce qui n'est pas un nombre écrit en chiffres est refusé, avec un exemple."""
    with pytest.raises(forms.ValidationError, match="Ce n’est pas un nombre"):
        ChampDecimal().clean(saisie)


def test_resume_des_erreurs_mene_aux_champs():
    """Le résumé reçoit le focus et lie chaque erreur à son champ, y compris au premier choix d'un groupe."""
    html = rendre("{% resume_erreurs form %}", form=Fiche({}))
    assert "2 réponses sont à corriger" in html
    assert 'href="#id_nom"' in html
    assert 'href="#id_choix_0"' in html
    assert "Que choisir ? Ce champ est obligatoire" in html
    assert 'role="alert"' in html
    assert "autofocus" in html


def test_resume_sans_erreur_ne_rend_rien():
    """Avant l'envoi, aucun cadre vide."""
    assert rendre("{% resume_erreurs form %}", form=Fiche()).strip() == ""


# Listes ----------------------------------------------------------------------------------------------------------


class Personnes(tables.Table):
    nom = tables.Column("Personne")
    heures = tables.Column("Heures", attrs={"cell": {"class": "n"}})
    libelle = "Personnes suivies"
    empilable = True


def page_de_personnes(requete, n=45):
    table = Personnes([{"nom": f"P{i:02}", "heures": i} for i in range(n)], request=requete)
    tables.RequestConfig(requete, paginate={"per_page": 20}).configure(table)
    return rendre("{% load django_tables2 %}{% render_table table %}", requete, table=table)


def test_tableau_trie_et_nomme(rf):
    """L'en-tête trié le dit aux lecteurs d'écran, le cadre se fait défiler au clavier, la première case nomme la ligne."""
    html = page_de_personnes(rf.get("/", {"sort": "-nom", "etat": "actif"}))
    assert 'aria-sort="descending"' in html
    assert 'tabindex="0"' in html
    assert "<caption" in html
    assert '<th  scope="row">P44</th>' in html.replace('<th scope="row">', '<th  scope="row">')
    assert 'data-nom="Heures"' in html
    assert "tableau empilable" in html


def test_tableau_en_pages(rf):
    """Les pages gardent le filtre et le tri dans l'adresse ; la page courante est dite."""
    html = page_de_personnes(rf.get("/", {"page": "2", "etat": "actif"}))
    assert 'aria-label="Pages de la liste"' in html
    assert "Précédente" in html
    assert "Suivante" in html
    assert 'aria-current="page"' in html
    assert "etat=actif" in html


def test_filtres_comptent_ce_qui_est_pose(rf):
    """« Retirer les 2 filtres » ne compte que les champs remplis, et le tri survit à un nouveau filtre."""

    class Filtre(forms.Form):
        nom = forms.CharField(required=False)
        etat = forms.CharField(required=False)
        lot = forms.CharField(required=False)

    requete = rf.get("/personnes/", {"nom": "a", "etat": "b", "lot": "", "sort": "-nom"})
    html = rendre("{% filtres filtre %}", requete, filtre=type("F", (), {"form": Filtre(requete.GET)}))
    assert "Retirer les 2 filtres" in html
    assert 'href="/personnes/"' in html
    assert 'name="sort" value="-nom"' in html
    assert 'method="get"' in html


# Navigation ------------------------------------------------------------------------------------------------------


def test_onglet_courant(monkeypatch):
    """L'onglet exact est « page », celui d'une rubrique ouverte plus bas est « true », l'accueil ne l'est que chez lui."""
    adresses = {"reporting:accueil": "/", "clauses:operation_liste": "/operations/"}
    monkeypatch.setattr(contexte, "adresse", lambda nom: adresses.get(nom, ""))
    etats = {o.libelle: o.courant for o in contexte.onglets("facilitateur", "/operations/42/")}
    assert etats == {"À faire": "", "Opérations": "true"}
    assert [o.courant for o in contexte.onglets("facilitateur", "/operations/")] == ["", "page"]
    assert [o.courant for o in contexte.onglets("facilitateur", "/")] == ["page", ""]


@pytest.mark.parametrize(
    "chemin", ["/engagements/42/", "/conventions/", "/objectifs/42/modifier/", "/tranches/42/modifier/"]
)
def test_les_heures_dues_et_les_conventions_sont_dans_les_operations(chemin):
    """Leur fil d'Ariane part des opérations : l'onglet aussi."""
    assert [o.libelle for o in contexte.onglets("facilitateur", chemin) if o.courant] == ["Opérations"]
    assert [o.libelle for o in contexte.onglets("facilitateur", "/controles/") if o.courant] == ["Heures"]


@pytest.mark.parametrize(
    ("profil", "chemin", "onglet"),
    [
        ("entreprise", "/contrats/42/preuves/", "Salariés"),
        ("entreprise", "/litiges/42/", "À confirmer"),
        ("entreprise", "/marches/42/puis-je-compter/", "Mes engagements"),
        ("acheteur", "/operations/42/", "Mes marchés"),
        ("acheteur", "/marches-a-venir/42/", "Marchés à venir"),
        ("prescripteur", "/orientations/42/", "Mes orientations"),
        ("prescripteur", "/personnes/42/parcours/", "Mes orientations"),
        ("facilitateur", "/personnes/42/parcours/", "Personnes"),
        ("facilitateur", "/contrats/42/preuves/", "Personnes"),
    ],
)
def test_chaque_profil_sait_dans_quelle_rubrique_il_est(profil, chemin, onglet):
    """Une page ouverte depuis un onglet le garde marqué, même si son adresse commence autrement."""
    assert [o.libelle for o in contexte.onglets(profil, chemin) if o.courant] == [onglet]


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["reporting:accueil", "comptes:plan_du_site", "comptes:mon_compte"])
def test_les_reglages_de_la_structure_se_trouvent_depuis_toutes_les_pages(client, page):
    """Modèles de règle et PLIE : dans le menu du compte, sur la page du compte et au plan du site ; le facilitateur seul les voit."""
    client.force_login(creer_utilisateur(StructureFactory()))
    html = client.get(reverse(page)).content.decode()
    menu = html[html.index('class="compte-menu"') : html.index("Se déconnecter")]
    for libelle, adresse in (("Modèles de règle", "/modeles-de-regle/"), ("Réglages des PLIE", "/plie/")):
        assert f'<a href="{adresse}">' in menu and libelle in menu
        assert html.count(f'href="{adresse}"') == (1 if page == "reporting:accueil" else 2)
        assert client.get(adresse).status_code == 200
    for autre in (EntrepriseFactory(), AcheteurFactory(), PrescripteurFactory()):
        client.force_login(creer_utilisateur(autre))
        assert "/plie/" not in client.get(reverse(page), follow=True).content.decode()


def test_sans_profil_pas_d_onglet():
    """Qui n'est pas connecté ne voit aucun onglet, et la page s'affiche quand même."""
    requete = RequestFactory().get("/aide/")
    assert contexte.navigation(requete)["onglets"] == []


def test_une_page_absente_ne_casse_rien():
    """Un onglet dont la page n'existe pas est simplement omis."""
    assert contexte.adresse("rien:du_tout") == ""
    assert contexte.adresse("comptes:aide") == reverse("comptes:aide")
