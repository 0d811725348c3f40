"""Read ONNX graphs as networks of ours."""
