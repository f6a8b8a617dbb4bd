"""A real browser publishes a canvas and a tone by WHIP, and plays the session back by WHEP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.async_api import Page, async_playwright

from stream.server.app import Server, make_app, open_server
from stream.server.config import Config
from support import free_port, require_program, run_real

PAGE = Path(__file__).with_name("publish_and_play.html")
FLAGS = ("--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required",
         "--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns",
         "--disable-background-networking", "--disable-component-update")
PLAN = {"source": "whip://show", "captions": False, "encoder": "ultrafast", "platform": "lan", "size": "640x360",
        "fps": "30", "record": False}


@asynccontextmanager
async def serving(data: Path) -> AsyncIterator[tuple[Server, str]]:
    """A server on a port of its own, and its address."""
    config = Config(data=data, port=free_port())
    server = open_server(config)
    web = uvicorn.Server(uvicorn.Config(make_app(server), port=config.port, log_config=None))
    task = asyncio.create_task(web.serve(), name="web")
    while not web.started:
        await asyncio.sleep(0.02)
    try:
        yield server, f"http://127.0.0.1:{config.port}"
    finally:
        web.should_exit = True
        await task


@asynccontextmanager
async def browsing(url: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=require_program("chromium"), args=list(FLAGS))
        page = await browser.new_page()

        async def show(route: Any) -> None:
            await route.fulfill(body=PAGE.read_text(), content_type="text/html")

        await page.route("**/test-page", show)
        await page.goto(f"{url}/test-page")
        yield page
        await browser.close()


async def until(said: Callable[[], Awaitable[Any]], seconds: float = 20) -> Any:
    async with asyncio.timeout(seconds):
        while not (found := await said()):
            await asyncio.sleep(0.1)
    return found


@pytest.mark.parametrize("codec", ["H264", "VP8"])
def test_a_browser_publishes_and_plays_the_session_back(codec: str, tmp_path: Path) -> None:
    require_program("chromium")

    async def go() -> None:
        async with serving(tmp_path) as (server, url), browsing(url) as page:
            await server.sessions.create(dict(PLAN), "show")
            publisher, viewer = (server.auth.issue(role, session="show")[1] for role in ("publisher", "viewer"))
            refused = await page.evaluate("([u, t, c]) => publish(u, t, c)", [f"{url}/whip/show", viewer, codec])
            assert refused["status"] == 403
            sent = await page.evaluate("([u, t, c]) => publish(u, t, c)", [f"{url}/whip/show", publisher, codec])
            assert sent["status"] == 201, sent

            async def watched() -> Any:
                got = await page.evaluate("([u, t]) => watch(u, t)", [f"{url}/whep/show", viewer])
                return got if got["status"] == 201 else None

            played = await until(watched)

            async def plays() -> Any:
                got = await page.evaluate("received()")
                video, audio = got.get("video", {}), got.get("audio", {})
                return got if (video.get("decoded") or 0) > 60 and (audio.get("energy") or 0) > 0.01 else None

            got = await until(plays)
            await page.screenshot(path=str(tmp_path / f"{codec}.png"))
            assert got["video"]["width"] == 640 and got["video"]["keys"] >= 1
            assert server.sessions.run("show").report()["input"]
            for location, token in ((played["location"], viewer), (sent["location"], publisher)):
                assert location.split("/")[-1] in server.rtc.peers
                assert await page.evaluate("([l, t]) => free(l, t)", [location, token]) == 200
                assert await page.evaluate("([l, t]) => free(l, t)", [location, token]) == 404
            assert not server.rtc.peers
            session = server.sessions.run("show").live.session
            assert session is not None and not len(server.rtc.viewers(session.outputs[0]))

    run_real(go(), limit_s=60)
