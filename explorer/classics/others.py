"""Which of torchvision's networks can be read from its own code; most of the famous ones are classics as well."""

ARCHITECTURES = (
    "alexnet", "convnext_base", "convnext_large", "convnext_small", "convnext_tiny", "densenet121",
    "densenet161", "densenet169", "densenet201", "efficientnet_b0", "efficientnet_b1", "efficientnet_b2",
    "efficientnet_b3", "efficientnet_b4", "efficientnet_b5", "efficientnet_b6", "efficientnet_b7",
    "efficientnet_v2_l", "efficientnet_v2_m", "efficientnet_v2_s", "googlenet", "inception_v3", "maxvit_t",
    "mnasnet0_5", "mnasnet0_75", "mnasnet1_0", "mnasnet1_3", "mobilenet_v2", "mobilenet_v3_large",
    "mobilenet_v3_small", "regnet_x_16gf", "regnet_x_1_6gf", "regnet_x_32gf", "regnet_x_3_2gf",
    "regnet_x_400mf", "regnet_x_800mf", "regnet_x_8gf", "regnet_y_128gf", "regnet_y_16gf", "regnet_y_1_6gf",
    "regnet_y_32gf", "regnet_y_3_2gf", "regnet_y_400mf", "regnet_y_800mf", "regnet_y_8gf", "resnet101",
    "resnet152", "resnet18", "resnet34", "resnet50", "resnext101_32x8d", "resnext101_64x4d", "resnext50_32x4d",
    "shufflenet_v2_x0_5", "shufflenet_v2_x1_0", "shufflenet_v2_x1_5", "shufflenet_v2_x2_0", "squeezenet1_0",
    "squeezenet1_1", "swin_b", "swin_s", "swin_t", "swin_v2_b", "swin_v2_s", "swin_v2_t", "vgg11", "vgg11_bn",
    "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn", "vit_b_16", "vit_b_32", "vit_h_14",
    "vit_l_16", "vit_l_32", "wide_resnet101_2", "wide_resnet50_2",
)  # fmt: skip
"""torchvision's classifiers, by its names: all of them."""

DETECTORS = {
    "ssdlite320_mobilenet_v3_large": "SSDlite 320 on MobileNet V3",
    "ssd300_vgg16": "SSD 300 on VGG-16",
    "retinanet_resnet50_fpn": "RetinaNet on ResNet-50",
    "retinanet_resnet50_fpn_v2": "RetinaNet on ResNet-50 (V2)",
    "fcos_resnet50_fpn": "FCOS on ResNet-50",
    "fasterrcnn_mobilenet_v3_large_320_fpn": "Faster R-CNN 320 on MobileNet V3",
    "fasterrcnn_mobilenet_v3_large_fpn": "Faster R-CNN on MobileNet V3",
    "fasterrcnn_resnet50_fpn": "Faster R-CNN on ResNet-50",
    "fasterrcnn_resnet50_fpn_v2": "Faster R-CNN on ResNet-50 (V2)",
    "maskrcnn_resnet50_fpn": "Mask R-CNN on ResNet-50",
    "maskrcnn_resnet50_fpn_v2": "Mask R-CNN on ResNet-50 (V2)",
    "keypointrcnn_resnet50_fpn": "Keypoint R-CNN on ResNet-50",
}
"""torchvision's detectors, by its names, and what they are called here: all of them."""
