"""What each control is for: the tooltip and What's This of those that do not say it themselves, by their names."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QToolTip,
    QWhatsThis,
    QWidget,
)

from explorer.ui.controls.words import plain_tip
from explorer.workspace.guide import ABOUT

SMALL = QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit
"""Controls that show a tooltip; on a whole panel it would only be in the way."""

HINTS = {
    # the canvas and the panels around it
    "Network": "The network: a card for each layer, links between them. Arrow keys walk along links, Tab adds a layer.",
    "Layers": "Every layer and block there is; double-click one, press Enter or drag it to put it on the canvas.",
    "Layer kinds": "Enter adds the chosen kind behind the selected layer; it can be dragged, too.",
    "Search layers": "Type a part of a name, or of what a layer does.",
    "Inspector": "The selected layer's settings, and the formulas that follow from them.",
    "This end is the network's answer": "Of several ends, the one that says what the network sees.",
    "Letters in formulas": "Whose letters formulas use: the course's or torch's.",
    "Picture": "The picture the network looks at.",
    "Open picture": "Choose a picture to look at; a file may also be dropped on the window.",
    "Open picture…": "Choose a picture to look at; a file may also be dropped on the window.",
    "Paste": "Take the picture that was copied in another program.",
    "Draw": "Draw a picture with the mouse.",
    "Drawing pad": "Draw with the mouse; the network looks at each stroke.",
    "Thickness of the pen": "How thick the pen draws, pixels.",
    "Opacity of the overlay": "How much of the map covers the picture.",
    "Colours of the overlay": "Which colours stand for little and much.",
    "Best guesses": "The five best guesses and how sure the network is; a click asks why.",
    "Speed, mirror, what to keep": "How fast the video plays, whether it is mirrored, and what is kept of it.",
    "Stop recording": "End the clip; what was recorded is kept.",
    "Place in the video": "Drag to another moment of the video.",
    "Start again": "Open once more what ended by itself, such as a camera that was unplugged.",
    "Predictions": "What the network says of the picture.",
    "Activations": "What each channel of the selected layer answers to the picture.",
    "Channels": "One square for each channel; a click explains one number of it.",
    "Factor of the channel": "What the channel is multiplied by before later layers see it.",
    "Off": "Let nothing of the channel through: later layers see zeros.",
    "More": "Order, brightness, and ways to keep the maps.",
    "Explain": "How one number came about, step by step.",
    "Speed": "How fast the steps of the sum are shown.",
    "What each channel puts in": "The parts of the sum, the largest first.",
    "Filters": "The weights of the selected layer, one square for each filter.",
    "Order": "Which filters come first.",
    "Patches": "The places in pictures that each channel answers to most.",
    "Patches of each channel": "One row for each channel; a click shows where the patch was cut from.",
    "Picture of the patch": "The whole picture, with the patch in a frame.",
    "Search": "Search the pictures of a folder for what each channel answers to.",
    "Choose folder…": "Choose the folder with the pictures.",
    "Summary": "All layers in a table.",
    "All layers": "A row for each layer; a click goes there, a right click on the heading offers more columns.",
    "Layers of both networks": "Each layer beside the one it matches; a click goes there.",
    "Cost": "What each layer costs.",
    "Measure": "What is compared: parameters, work, memory, or what a unit sees.",
    "Logarithmic": "Equal steps mean equal factors, so that small layers are seen beside large ones.",
    "Weights": "The numbers of the selected layer's weights.",
    "Tensor": "Which of the layer's weights is shown.",
    "Load weights…": "Choose a file with weights, and put those that fit onto this network.",
    "Broken, dead and equal weights": "NaN, infinite numbers, filters that answer nothing or are there twice.",
    "Attribution": "Which pixels the answer depends on, by several methods.",
    "What is explained": "The class whose score is explained.",
    "Methods": "Which methods are shown side by side.",
    "Attribution maps": "One map for each method; a click shows it on the picture.",
    "Effects": "What the answer loses without a channel.",
    "Channels by their effect": "Channels in the order of what the class loses without them.",
    "Channels that are switched off": "What is changed now; Delete puts a channel back.",
    "The answer before and after": "How sure the network is with and without the changes.",
    "The class whose loss is measured": "Channels are ranked by what this class loses.",
    "What channels are ordered by": "By their number, or by what the class loses without them.",
    "Dream": "A picture made to please one channel.",
    "Optimised picture": "The picture as it is so far.",
    "How the picture is made": "The settings of the picture; another value goes on from the picture so far.",
    "Undo history": "Every edit; a click goes back to that state, or forward.",
    "Card of a filter": "All that is known of one filter, in one place.",
    "Filter": "The numbers of the filter itself.",
    "Map": "What the filter makes of the picture.",
    # pages
    "Start": "The ways to begin.",
    "Back": "Go back to the network (Esc).",
    "Back to the canvas": "Go back to the network that is open.",
    "Start building": "Begin an empty network on the canvas.",
    "Build your first network": "Be shown in five steps how a network is built and run.",
    "Browse the gallery…": "See classic networks, and open one.",
    "Open the labs…": "Small experiments with finding things in pictures.",
    "Browse the library…": "See trained networks, and get or open one.",
    "Open file…": "Open a network that is in a file.",
    "Search networks": "Type a part of a name, a year, or what is told of a network.",
    "Networks": "Classic networks in the order of their families.",
    "Open": "Open what is chosen.",
    "Search models": "Type a part of a name.",
    "Trained networks": "What can be opened with trained weights, and what must be fetched first.",
    "Task": "What the networks were trained for.",
    "Size of the download": "How much is fetched at most.",
    "only what is here": "Leave out what must be fetched first.",
    "Get": "Fetch the chosen network, and check it.",
    "Remove": "Delete the chosen network's file, or take your own off the list.",
    "Change folder…": "Move the files of the library to another folder.",
    "Search the guide": "Type words of the guide.",
    "Chapters": "The chapters of the guide.",
    "Chapter": "The text of the chapter.",
    "Search facts": "Type a part of a fact of the course.",
    "Facts of the course": "What the course's notes say, and what comes out here.",
    "only where the notes are wrong": "Leave out the facts that hold.",
    "Open what proves it": "Open the network on which the fact is worked out.",
    "Network to compare with": "The other network; it can come from a file, too.",
    "File…": "Compare with a network in a file.",
    "only what differs": "Leave out the layers in which nothing differs.",
    "Export…": "Write the table into a file.",
    "Data set": "How often the network is right about a folder of pictures, and where it is wrong.",
    "What there will be to see": "What the page will show, and what that takes; it scrolls where the window is small.",
    "Sample picture": "Look at a photo that comes with the program, or a digit where the network reads digits.",
    "Show those of a sample picture": "A photo of the program, or a digit; maps of the selected layer or the first.",
    "Look at all": "Let the network look at all pictures of the folder.",
    "Views of the data set": "Mistakes, classes, layers, or all pictures on a plane.",
    "Activity of layers": "How much of each layer is ever active.",
    "Folders and classes": "Which class each folder stands for.",
    "Confusion matrix": "What was taken for what; a click shows the pictures.",
    "Pictures": "The pictures themselves; a click opens one.",
    "Pictures on a plane": "Pictures that the network finds alike lie together.",
    "Classes": "A click shows one class alone.",
    "Search what it does, or keys": "Type what a command does, or its keys as they are written: Ctrl+G.",
    "Keys and gestures": "Every command, its keys, and what the mouse does.",
    "Change…": "Press other keys for the chosen command.",
    "No keys": "Take its keys from the chosen command.",
    "Put back": "Give the chosen command the keys it had at first.",
    "Put all back": "Give all commands the keys they had at first.",
    "Search weights": "Type a part of a weight's name.",
    "only what does not fit": "Leave out the weights that fit.",
    "Details": "What is said of the chosen one; it scrolls.",
    "The lab": "The chosen lab; it scrolls where the window is small.",
    "The studio": "The pictures, what steers them and what they cost; it scrolls where the window is small.",
    "Numbers around the place": "The numbers that go into the sum; arrow keys pick another place.",
    "Panels": "The panels of this side, one in front of the others.",
    "The whole network": "Go to the group around, or to the whole network.",
    "Groups and layers": "The network as a tree: typing finds, Enter goes there, a drag puts a layer elsewhere.",
    # detectors
    "Find faces with the camera": "Open the detector that came with the program, then the camera.",
    "Find faces with the sample photos": "Open the detector that came with the program, and let it look at photos.",
    "Picture with the detector's layers": "The picture with what is switched on; a click picks a box or a cell.",
    "Pages of the boxes": "The numbers of the picked box, the steps of the suppression, two midpoints, or the classes.",
    "Chances of the classes, the greatest first": "What the picked box holds, and how surely.",
    "Boxes and their overlap with the one that is picked": "The rivals of this step; a click looks at one.",
    "How well each anchor fits each box": "The anchor that fits a box best takes it.",
    "Add a box": "Put a third box on the picture.",
    "Score above": "Only boxes of a higher score count.",
    "Score above, as a number": "Only boxes of a higher score count.",
    "Overlap up to": "Of two boxes of a class that overlap more, the surer one stays.",
    "Overlap up to, as a number": "Of two boxes of a class that overlap more, the surer one stays.",
    "Raw above": "Raw boxes are shown, and steps begin, from this score on.",
    "Raw above, as a number": "Raw boxes are shown, and steps begin, from this score on.",
    "Find a class": "Type a part of its name.",
    "All": "Let all classes count.",
    "None": "Let no class count.",
    "Class that is looked at": "Its curve, and the pictures in which it is missed or found wrongly.",
    "Scores…": "Write average precision, and precision at each recall, of every class as a CSV file.",
    "Curve…": "Write the curves as a picture.",
    "Views of the results": "How well each class is found, or the worst pictures.",
    "Classes that were looked for": "A click on a class shows its curve.",
    "Worst pictures": "A click on a picture makes it the current one.",
    "Which pictures come first": "Those with the most missed, or with the surest box of nothing.",
    # networks that paint
    "Painted picture": "What the network made of the picture; drag the line to compare.",
    "How much of the picture as it was": "Move the line between the picture as it was and as it was painted.",
    "Strength of the painting": "How much is painted; the rest is the photo, mixed in after the pass. End: all.",
    "Painted size": "Pixels of the longer side; the Input gets the picture's proportions.",
    "Copy painted picture": "Put it on the clipboard.",
    "Save painted picture": "Write it into a file.",
    "What the network makes by now": "What it makes of the open picture so far, drawn anew while it learns.",
    "How it learns": "The settings of the training; they scroll where the window is small.",
    # labs
    "Labs": "Small experiments with finding things in pictures.",
    "Two boxes": "Drag a box, or a corner of it; Page down picks the other one, arrows move it.",
    "Picture with boxes": "Drag on the ground draws a box; arrows move the picked one, Shift resizes it.",
    "Class of the box": "What the picked box shows.",
    "Numbers of the cell": "What the network should say for the picked cell.",
    "Picture with the sliding window": "Arrows move the window; its crop is what the network sees.",
    "Picture with P-Net's window": "The window under the mouse; arrows move it, a click stays, Page down takes a size.",
    "Chance above": "From which chance on a window is a box; type it beside the slider.",
    "Chance above, as a number": "From which chance on a window is a box.",
    "Chance of a face in each window": "One square for each window of this size; yellow where P-Net sees a face.",
    "Sizes of the picture": "A click, or the left and right keys, choose the size that is looked at.",
    "Widths and heights of boxes": "Each box is a point; anchors are the boxes around the middle.",
    "mean IoU against k": "How well so many anchors fit; a click takes that number.",
    "Label and answer": "What should be said, and what the network says; change both.",
    "Terms of the loss": "Each part of the sum, written out.",
    "Face with landmarks": "Drag the points; Page down picks the next one, arrows move it.",
    "The vector": "The numbers that a network would be trained to put out.",
    "Scores": "What the network says of the window: cut out of the picture, and in one pass over all of it.",
    "Costs of layers": "What each layer costs: window by window, and in one pass.",
    "Parts": "What was run here, how often, and how long it took.",
    "Maps and Gram matrices": "A click picks a number, arrows go to the next; figures change one of a map.",
    # the style studio
    "Style studio": "A picture with the content of one and the style of others, made step by step.",
    "Open the style studio": "Choose two pictures, and have one painted like the other.",
    "Content picture…": "Choose what is to be seen in the picture.",
    "Style picture…": "Choose how the picture is to be painted.",
    "Views of the studio": "The picture, presets, settings side by side, and what was made before.",
    "Pictures and settings": "What the picture is made of; it scrolls.",
    "Costs and layers": "What the picture costs, and the layers that tell; it scrolls.",
    "Where the style belongs": "Paint with the mouse; or with arrows, Space puts the brush down and lifts it.",
    "Presets": "What each preset makes of your pictures; a click takes its settings.",
    "Side by side": "Settings on the same pictures; a click takes those of one, Delete takes one away.",
    "Kept pictures": "Pictures that were kept; a click takes one up again.",
    "Gram matrix": "One square for each two channels; a click takes the number apart.",
    "Timeline": "Moments of the picture; arrow keys go from one to the next, Home to the first.",
    "Picture that is made": "The wheel zooms, a drag moves; C compares with the content.",
    "Costs against steps": "The sum J, its two parts, and each layer.",
    # dialogs
    "Code": "The module, a colon, and what in it makes the network.",
    "Size of the picture": "Channels, height and width of the picture that the network takes; empty for the usual.",
    "Folder": "The folder from which the module is imported.",
    "Browse…": "Choose the folder.",
    "Run and open": "Run the code, and open the network it makes.",
    "Add": "Put the block behind the selected layer.",
    # everywhere
    "Close": "Close this window (Esc).",
    "Cancel": "Leave this as it was; what has begun is stopped.",
    "Scroll Left": "Show the tabs further left.",
    "Scroll Right": "Show the tabs further right.",
    "Device networks run on": "The processor or graphics card that networks run on.",
    "How numbers are counted and written": "How parameters, work and sizes are counted, and the letters of formulas.",
}  # fmt: skip


def hint(widget: QWidget) -> str:
    """What a control is for, "" where nobody has said it. One sentence alone ends without a full stop."""
    said = widget.whatsThis() or widget.toolTip() or HINTS.get(_name(widget), "") or _by_beginning(_name(widget))
    return said if ". " in said else said.removesuffix(".")


def answer(event: QEvent, window: QWidget) -> bool:
    """Whether a question for a tooltip or What's This, which no widget answered itself, is answered here."""
    if not isinstance(event, QHelpEvent):
        return False
    asked = window.childAt(event.pos())
    while asked is not None and not hint(asked):
        asked = asked.parentWidget()
    if asked is None or (event.type() == QEvent.Type.ToolTip and not isinstance(asked, SMALL)):
        return False
    if event.type() == QEvent.Type.ToolTip:
        QToolTip.showText(event.globalPos(), plain_tip(hint(asked)), asked)
    elif event.type() == QEvent.Type.WhatsThis:
        QWhatsThis.showText(event.globalPos(), plain_tip(_at_length(asked)), asked)
    return event.type() in (QEvent.Type.ToolTip, QEvent.Type.WhatsThis, QEvent.Type.QueryWhatsThis)


def _at_length(widget: QWidget) -> str:
    """Its name, what it is for, and where to read on."""
    names, parent = [_name(widget)], widget.parentWidget()
    while parent is not None:
        names += [parent.accessibleName(), parent.windowTitle()]
        parent = parent.parentWidget()
    chapter = next((ABOUT[name] for name in names if name in ABOUT), "")
    return "\n".join(filter(None, (names[0], hint(widget), f"F1: {chapter}" if chapter else "")))


def _name(widget: QWidget) -> str:
    return widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")


def _by_beginning(name: str) -> str:
    """For names that end in what is shown at the moment: “Export filters as PNG or NPZ”."""
    beginnings = {
        "Export ": "Write it into a file.", "Open ": "Open it.", "I accept": "Its licence asks for it.",
        "Get ": HINTS["Get"], "Remove ": HINTS["Remove"],
    }  # fmt: skip
    return next((text for start, text in beginnings.items() if name.startswith(start)), "")
