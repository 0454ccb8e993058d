from model_fixtures import clean_place as clean_place
from model_fixtures import serve as serve
