"""The commands of the main window."""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWhatsThis

from explorer.network.ends import is_end
from explorer.ui.canvas_commands import arranging, notes
from explorer.ui.commands import Command, named
from explorer.ui.group_commands import group_commands
from explorer.ui.pictures.picture_sources import choose_folder
from explorer.ui.style_commands import style_commands
from explorer.ui.video_commands import video_commands
from explorer.ui.view_commands import view_commands
from explorer.workspace.samples import digit, samples

if TYPE_CHECKING:
    from explorer.ui.window import Window


def command_table(window: Window) -> list[Command]:
    """Every command, in the order of the menus."""
    files, session = window.files, window.session
    document = session.document

    def dialogs() -> ModuleType:
        from explorer.ui import dialogs  # nobody waits for them when the program starts

        return dialogs

    def anything() -> bool:
        return bool(session.document.project.network.nodes)

    def toggle_reopening() -> None:
        files.settings.reopens = not files.settings.reopens

    def several() -> bool:
        return len(session.document.tabs) > 1

    def chosen() -> bool:
        return bool(session.selection)

    def picked() -> bool:
        return chosen() or (window.pages.shows_canvas and bool(window.canvas.drawing.annotations.selected))

    def deletable() -> bool:
        return picked() or (window.pages.shows_canvas and window.canvas.link is not None)

    def choosable() -> bool:
        one = session.selection
        return len(one) == 1 and is_end(session.document.project.network, one[0]) and session.answer not in ("", one[0])

    line = ""
    return [
        Command("File", "New", files.new, "Ctrl+N", help="Start another network: the start page has the ways"),
        Command(
            "File", "Start building", window.pages.begin, enabled=lambda: not anything(),
            help="Go to the canvas, which begins with an Input",
        ),
        Command("File", "Open…", files.open, "Ctrl+O", help="Open a network: a project, or a file of another program"),
        Command("File", "Open recent", fill=files.fill_recent, enabled=lambda: bool(files.settings.recent)),
        Command("File", "Model library…", window.pages.show_library, "Ctrl+Shift+O", help="Trained networks"),
        Command("File", "Gallery…", window.pages.show_gallery, "Ctrl+Alt+G", help="Open a classic network"),
        Command(
            "File/Import", "Open own code…", files.open_own_code,
            help="Run Python code of yours and open the module it makes",
        ),
        Command(
            "File/Import", "Load weights…", files.load_weights, enabled=anything,
            help="Put the weights of a file that fit onto this network",
        ),
        Command(
            "File/Import", "Add to model library", window.pages.add_to_library, enabled=lambda: bool(files.source),
            help="List the file of this network among the trained networks; it stays where it is",
        ),
        Command("File/Pictures", "Open picture…", files.open_picture, "Ctrl+I", help="Choose a picture to look at"),
        Command(
            "File/Pictures", "Open folder of pictures…", lambda: choose_folder(window, window.picture.folder.open),
            help="Look at the pictures of a folder one after the other",
        ),
        Command(
            "File/Pictures/Sample pictures", "One that suits this network", session.open_sample,
            help="A photo of a thing that it has a class for, or a digit where it reads digits",
        ),
        *(
            Command("File/Pictures/Sample pictures", path.stem.capitalize(), partial(session.open_picture, str(path)))
            for path in (*samples(), digit())
        ),
        Command("File", line),
        Command("File", "Save", files.save, "Ctrl+S", enabled=anything, help="As a project, weights and all"),
        Command("File", "Save as…", files.save_as, "Ctrl+Shift+S", enabled=anything, help="Into another file"),
        Command(
            "File", "Bring back unsaved edits…", lambda: window.recovering.offer_or_say(),
            help="Those that were not saved when the program ended",
        ),
        Command(
            "File/Export", "Export…", files.export, "Ctrl+Shift+E", enabled=anything,
            help="Write the network for other programs: PyTorch, ONNX, safetensors, Markdown, diagrams",
        ),
        Command(
            "File/Export", "Export Keras source…", partial(files.export, "keras"), enabled=anything,
            help="Write the network as Python code for Keras",
        ),
        Command(
            "File/Export", "Export canvas as picture…", lambda: dialogs().export_canvas(window), enabled=anything,
            help="Write it as it is arranged, with notes and arrows, as PNG, SVG or PDF",
        ),
        Command(
            "File/Export", "Copy canvas as picture", lambda: dialogs().copy_canvas(window), enabled=anything,
            help="Put the whole network on the clipboard, on white, for a slide",
        ),
        Command(
            "File/Export", "Export summary…", lambda: dialogs().export_summary(window), enabled=anything,
            help="Write the table of layers as CSV, Markdown or LaTeX",
        ),
        Command(
            "File/Export", "Figure…", lambda: dialogs().figure(window), "Ctrl+P", enabled=anything,
            help="Draw the network as papers do; write it as SVG, PDF or PNG, copy or print it",
        ),
        Command("File", line),
        Command("File", "Close", files.close, "Ctrl+W", help="Close this network; its neighbour comes to the front"),
        Command(
            "File", "Next network", lambda: window.tabs.step(1), "Ctrl+Tab", enabled=several,
            help="Bring the next open network to the front",
        ),
        Command(
            "File", "Previous network", lambda: window.tabs.step(-1), "Ctrl+Shift+Tab", enabled=several,
            help="Bring the open network before this one to the front",
        ),
        Command("File", line),
        Command(
            "File", "Open these networks at the next start", toggle_reopening, checked=lambda: files.settings.reopens,
            help="Begin with the files that are open when the program is left",
        ),
        Command("File", "Start page", window.pages.show_start, help="The ways to begin"),
        Command("File", "Quit", window.close, "Ctrl+Q"),
        Command(
            "Edit", "Undo", document.undo, "Ctrl+Z", enabled=lambda: document.history.can_undo,
            help="Take the last edit back: a layer added or deleted, a setting, an arrangement",
            now=lambda: named("Undo", document.history.undo_text),
        ),
        Command(
            "Edit", "Redo", document.redo, "Ctrl+Shift+Z or Ctrl+Y",
            enabled=lambda: document.history.can_redo, help="Do again what was undone",
            now=lambda: named("Redo", document.history.redo_text),
        ),
        Command(
            "Edit", "Undo history", lambda: window.docks.bring("History"), "Ctrl+H", help="Every edit, to go back to",
        ),
        Command("Edit", line),
        Command("Edit", "Add layer…", window.pages.search_layer, hint="Tab", help="Search a layer and add it"),
        Command("Edit", "Cut", lambda: window.canvas.cut(), hint="Ctrl+X", enabled=picked),
        Command("Edit", "Copy", lambda: window.canvas.copy(), hint="Ctrl+C", enabled=picked),
        Command("Edit", "Paste", window.pages.paste, hint="Ctrl+V"),
        Command("Edit", "Duplicate", lambda: window.canvas.duplicate(), hint="Ctrl+D", enabled=picked),
        Command("Edit", "Delete", lambda: window.canvas.delete(), hint="Del", enabled=deletable),
        Command(
            "Edit", "Bypass", lambda: window.canvas.bypass(), hint="M", enabled=chosen,
            help="Let the selected layers pass on what comes in, and bring them back; settings and weights stay",
        ),
        Command("Edit", "Select all", lambda: window.canvas.select_all(), hint="Ctrl+A", enabled=anything),
        Command(
            "Edit", "Find layer…", window.pages.find_layer, "Ctrl+F", enabled=anything,
            help="By its name, kind, shape such as 256x56x56, or problem",
        ),
        Command("Edit", line),
        Command(
            "Edit", "Take this end as the answer", lambda: session.choose_answer(session.selection[0]),
            enabled=choosable, help="Of several ends: this one is what the network says of a picture",
        ),
        *notes(window),
        *arranging(window, anything),
        Command("Edit", line),
        *group_commands(window, chosen),
        *view_commands(window, anything, chosen),
        *video_commands(window),
        *style_commands(window),
        Command(
            "Help", "Run a command…", lambda: window.command_finder.ask(), "Ctrl+Shift+P", help="By typing a part",
        ),
        Command("Help", "User guide", window.pages.show_guide, "F1", help="At the chapter about where you are"),
        Command(
            "Help", "What is this?", QWhatsThis.enterWhatsThisMode, "Shift+F1",
            help="Then click on anything to be told what it is for",
        ),
        Command(
            "Help", "Build your first network", window.leading.start, help="In five steps, shown beside the canvas",
        ),
        Command("Help", "Keys and gestures", lambda: window.pages.show_keys(window.commands), "Ctrl+F1"),
        Command("Help", "The course's facts…", window.pages.show_facts, "Ctrl+Shift+F"),
        Command(
            "Help", "Labs…", window.pages.show_labs, "Ctrl+Shift+L", help="Take object detection into your hands",
        ),
        Command("Help", "About CNN Explorer", lambda: dialogs().about(window)),
    ]  # fmt: skip
