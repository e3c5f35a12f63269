"""explore(): sliders. In a kernel they are ipywidgets; on the published page the same output is a live SVG."""
from .explorer import Explorer, explore
