"""ONNX files: checked, and read as plain values."""
