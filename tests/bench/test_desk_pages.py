import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.desk import _measured, pages_of
from bench.processes import Failed


async def page(request: Request) -> Response:
    return Response()


def test_every_page_is_measured_and_what_is_no_page_is_not() -> None:
    paths = ["/desk/", "/desk/concerns", "/desk/concerns/{id:int}", "/desk/live", "/desk/static/{name}", "/desk/enter"]
    routes = [Route(path, page, methods=["GET"]) for path in (*paths, "/desk/{rest:path}", "/desk")]
    routes.append(Route("/desk/concerns/{id:int}/take", page, methods=["POST"]))
    assert pages_of(routes, {"concerns.id": 7}) == ["/desk/", "/desk/concerns", "/desk/concerns/7"]


def test_several_parameters_belong_to_the_fixed_part_before_them() -> None:
    routes = [Route("/desk/templates/{topic}/{language}/versions/{id:int}", page, methods=["GET"])]
    ids = {"templates.topic": "heat", "templates.language": "en", "versions.id": 3}
    assert pages_of(routes, ids) == ["/desk/templates/heat/en/versions/3"]


def test_a_page_with_a_parameter_that_nobody_has_said_is_not_left_out_in_silence() -> None:
    with pytest.raises(KeyError, match=r"plans\.name"):
        pages_of([Route("/desk/plans/{name}", page, methods=["GET"])], {})


async def test_a_page_that_is_not_there_ends_the_bench_and_is_named() -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(500))
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        with pytest.raises(Failed, match="/desk/concerns answered 500"):
            await _measured(client, "/desk/concerns")
