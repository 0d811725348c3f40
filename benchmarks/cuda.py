print('{"benchmark": "cuda", "none": "no GPU at hand"}')
