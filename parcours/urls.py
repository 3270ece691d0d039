"""Les adresses du parcours."""

from django.urls import path

from parcours import views

app_name = "parcours"

urlpatterns = [
    path("personnes/<uuid:pk>/agrements/creer/", views.agrement_creer, name="agrement_creer"),
    path("agrements/<uuid:pk>/modifier/", views.agrement_modifier, name="agrement_modifier"),
    path("agrements/<uuid:pk>/supprimer/", views.agrement_supprimer, name="agrement_supprimer"),
]
