"""convert_selfie: how selfie_*.onnx were made from the TensorFlow Lite files in the mediapipe 0.10.21 wheel.

Not used at run time. In a virtual environment of its own (Python 3.11):

    pip install tensorflow-cpu==2.21.0 tf2onnx==1.17.0 onnx==1.23.2 ai-edge-litert==2.3.0 onnxruntime pillow
    pip download --no-deps mediapipe==0.10.21
    python convert_selfie.py mediapipe-0.10.21-*.whl OUT_FOLDER [PHOTO]

It extracts the two models, converts them, replaces the one operation ONNX does not know (MediaPipe's
Convolution2DTransposeBias) by ConvTranspose, and prints how far the result is from the TensorFlow Lite interpreter's on
random pictures and on PHOTO (which must be less than 1e-4 everywhere).
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

INSIDE = "mediapipe/modules/selfie_segmentation/"
MODELS = {"selfie_general.onnx": "selfie_segmentation.tflite",
          "selfie_landscape.onnx": "selfie_segmentation_landscape.tflite"}
CUSTOM = "TFL_Convolution2DTransposeBias"
TOLERANCE = 1e-4


def main(wheel: Path, out: Path, photo: Path | None) -> None:
    """Convert both models of `wheel` into `out` and compare them with their origin."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(wheel) as archive:
        for target, source in MODELS.items():
            tflite = Path(folder) / source
            tflite.write_bytes(archive.read(INSIDE + source))
            raw = Path(folder) / "raw.onnx"
            subprocess.run([sys.executable, "-m", "tf2onnx.convert", "--tflite", str(tflite), "--output", str(raw),
                            "--opset", "17"], check=True, capture_output=True)
            model = repair(onnx.load(raw))
            onnx.save(model, out / target)
            worst = difference(tflite, out / target, photo)
            print(f"{target}: {(out / target).stat().st_size} bytes, sha256 {sha256(out / target)},"
                  f" from {source} sha256 {sha256(tflite)}, max abs diff {worst:.2e}")
            if worst > TOLERANCE:
                raise SystemExit("that is not the same model")


def repair(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return `model` in standard ONNX operations only.

    The custom node computes a 2x2 transposed convolution, stride 2, plus bias, on NHWC data with weights
    (out, kh, kw, in). ConvTranspose wants NCHW data and weights (in, out, kh, kw).
    """
    constants = {item.name: numpy_helper.to_array(item) for item in model.graph.initializer}
    nodes: list[onnx.NodeProto] = []
    for node in model.graph.node:
        if node.op_type != CUSTOM:
            nodes.append(node)
            continue
        data, weights, bias = node.input
        result, kernel = node.output[0], constants[weights]
        for name, value in ((f"{result}/w", kernel.transpose(3, 0, 1, 2)), (f"{result}/b", constants[bias])):
            model.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(value, np.float32), name))
        nodes += [
            helper.make_node("Transpose", [data], [f"{result}/in"], perm=[0, 3, 1, 2]),
            helper.make_node("ConvTranspose", [f"{result}/in", f"{result}/w", f"{result}/b"], [f"{result}/out"],
                             kernel_shape=kernel.shape[1:3], strides=[2, 2]),
            helper.make_node("Transpose", [f"{result}/out"], [result], perm=[0, 2, 3, 1])]
    graph = canonical(nodes, model.graph)
    standard = [item for item in model.opset_import if item.domain in ("", "ai.onnx")]
    fixed = helper.make_model(graph, opset_imports=standard, ir_version=min(model.ir_version, 9),
                              producer_name="convert_selfie (from MediaPipe 0.10.21, modified)")
    onnx.checker.check_model(fixed, full_check=True)
    return fixed


def canonical(nodes: list[onnx.NodeProto], origin: onnx.GraphProto) -> onnx.GraphProto:
    """Return `nodes` as a graph ordered and named by its structure alone: a second run makes the same file.

    Only what the output needs is kept. Constants come in the order of their first use.
    """
    makers = {name: node for node in nodes for name in node.output}
    constants = {item.name: item for item in origin.initializer}
    names = {item.name: item.name for item in [*origin.input, *origin.output]}
    ordered: list[onnx.NodeProto] = []
    kept: list[onnx.TensorProto] = []

    def visit(name: str) -> None:
        node = makers.pop(name, None)
        if node is None:
            if name in constants and name not in names:
                names[name] = f"c{len(kept)}"
                kept.append(constants[name])
            return
        for needed in node.input:
            visit(needed)
        ordered.append(node)
        for made in node.output:
            names.setdefault(made, f"t{len(ordered)}")

    visit(origin.output[0].name)
    for number, node in enumerate(ordered):
        node.name = f"n{number}"
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names[name] for name in node.output]
        attributes = sorted(node.attribute, key=lambda attribute: attribute.name)
        del node.attribute[:]
        node.attribute.extend(attributes)
    for item in kept:
        item.name = names[item.name]
    return helper.make_graph(ordered, "selfie_segmentation", origin.input, origin.output, kept)


def difference(tflite: Path, converted: Path, photo: Path | None) -> float:
    """Return the largest difference between the two models' alphas over random pictures and `photo`."""
    import onnxruntime
    from ai_edge_litert.interpreter import Interpreter

    theirs = Interpreter(str(tflite))
    theirs.allocate_tensors()
    shape = theirs.get_input_details()[0]["shape"]
    ours = onnxruntime.InferenceSession(str(converted), providers=["CPUExecutionProvider"])
    random = np.random.default_rng(1)
    pictures = [random.random(shape, np.float32) for _ in range(5)]
    if photo:
        from PIL import Image

        pixels = Image.open(photo).convert("RGB").resize((int(shape[2]), int(shape[1])))
        pictures.append(np.asarray(pixels, np.float32)[None] / np.float32(255))
    worst = 0.0
    for picture in pictures:
        theirs.set_tensor(theirs.get_input_details()[0]["index"], picture)
        theirs.invoke()
        expected = theirs.get_tensor(theirs.get_output_details()[0]["index"])
        alpha = ours.run(None, {ours.get_inputs()[0].name: picture})[0]
        worst = max(worst, float(np.abs(alpha - expected).max()))
    return worst


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
