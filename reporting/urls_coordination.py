"""Les totaux d'une coordination."""

from django.urls import path

from reporting.views import coordination

urlpatterns = [path("totaux/", coordination.totaux, name="totaux")]
